// How the options of racesim replay become sources and the configuration of what is sent.
#include <algorithm>
#include <array>
#include <utility>

#include "cli/commands/connect_grace.h"
#include "cli/commands/milliseconds.h"
#include "cli/commands/replay/options.h"
#include "io/files/secret_file.h"
#include "run/replay/source_requests.h"

namespace racesim::cli {
namespace {

Done add_sources(const ReplayOptions& o, ReplayConfig& replay) {
  std::string password;
  if (!o.password_file.empty()) {
    Result<std::string> read = read_secret(o.password_file, "--password-file");
    if (!read) return tl::make_unexpected(read.error());
    password = std::move(*read);
  }
  SourceAccess access{o.run.kafka, std::move(password)};
  access.kafka.connect_grace_ns = connect_grace_ns(o.run.connect_timeout_ns);
  if (!o.source_brokers.empty()) access.kafka.brokers = o.source_brokers;
  replay.source_texts = o.sources;
  for (const std::string& path : o.dead_letters)
    replay.source_texts.push_back(std::string(kDeadLetterKind) + ':' + path);
  if (Done ok = make_source_requests(access, replay); !ok) return ok;
  if (std::any_of(replay.sources.begin(), replay.sources.end(),
                  [](const SourceRequest& source) { return source.kind == "kafka"; }))
    replay.source_brokers = access.kafka.brokers;
  const bool has_stdin = std::any_of(replay.sources.begin(), replay.sources.end(),
                                     [](const SourceRequest& source) { return source.kind == "stdin"; });
  if (has_stdin && !o.run.checkpoint.empty())
    return fail(ErrorKind::usage, "--checkpoint: the standard input cannot be read again",
                "write it to a file first");
  if (has_stdin && !o.run.manifest.empty())
    return fail(ErrorKind::usage, "--manifest: the standard input cannot be read again to verify the replay",
                "write it to a file first");
  if (has_stdin && o.loops)
    return fail(ErrorKind::usage, "--loop: the standard input cannot be read again",
                "write it to a file first");
  return {};
}

TimeUnit unit_of(const std::string& text) {
  if (text == "s") return TimeUnit::s;
  if (text == "ms") return TimeUnit::ms;
  if (text == "us") return TimeUnit::us;
  return text == "ns" ? TimeUnit::ns : TimeUnit::by_size;
}

Done fill_times(const ReplayOptions& o, double speed, ReplayConfig& replay) {
  replay.stamps = o.timestamps == "shift"   ? Stamps::shift
                  : o.timestamps == "scale" ? Stamps::scale
                                            : Stamps::keep;
  if (replay.stamps == Stamps::scale && speed == 0)
    return fail(ErrorKind::usage, "--timestamps scale needs a speed that is a number",
                "give --speed N, or --timestamps shift");
  if (o.start_ns && replay.stamps == Stamps::keep)
    return fail(ErrorKind::usage, "--start-datetime has no effect: the events keep their times",
                "add: --timestamps shift");
  // Also part of the run's name: each time it is another one.
  replay.start_is_now = !o.start_ns;
  if (replay.stamps != Stamps::keep)
    replay.start_ns = o.start_ns.value_or(system_clock().wall_ns() / kNsPerMs * kNsPerMs);
  replay.rounds = o.rounds;
  replay.loops = o.loops;
  replay.max_gap_ns = o.max_gap_ns;
  return {};
}

/// It would read what it has written.
Done check_not_into_itself(const ReplayOptions& o, const RunConfig& config) {
  std::vector<SinkText> sinks;
  bool to_kafka = false;
  for (const SinkSpec& sink : config.delivery.sinks) {
    to_kafka = to_kafka || sink.kind == "kafka";
    if (sink.kind == "file") sinks.push_back({sink.kind, sink.target});
  }
  for (const SourceRequest& source : config.replay->sources) {
    if (source.kind == "file" || source.kind == kDeadLetterKind) {
      const SideFile read{"SOURCE", source.targets.front()};
      const SideFile letters{"--dead-letter-to", o.run.dead_letter};
      if (Done ok = check_distinct(sinks, std::array{read, letters}); !ok) return ok;
    }
    if (source.kind != "kafka" || !to_kafka || source.kafka.brokers != config.delivery.kafka.brokers)
      continue;
    const std::string& topic = config.delivery.kafka.topic;
    if (!topic.empty() && std::find(source.topics.begin(), source.topics.end(), topic) == source.topics.end())
      continue;
    return fail(ErrorKind::usage,
                "topic " + (topic.empty() ? source.topics.front() : topic) + " would be replayed into itself",
                "name another one: --topic TOPIC");
  }
  return {};
}

}  // namespace

Result<RunConfig> make_replay_config(const ReplayOptions& options, const Settings& settings) {
  if (options.sources.empty() && options.dead_letters.empty())
    return fail(ErrorKind::usage, "SOURCE is missing: nothing says what to replay",
                "a file, - for the standard input, sqlite:PATH, postgres:DSN or kafka:TOPIC");
  ReplayOptions o = options;
  const bool only_letters = o.sources.empty() && !o.dead_letters.empty();
  const double speed = o.speed.value_or(only_letters ? 0 : 1);
  o.run.speed = speed;
  o.run.format = "json";  // what is sent is as it was recorded; http takes JSON
  o.run.record_timestamp = "now";
  o.run.may_refuse = true;
  o.run.dead_letter_option = "dead-letter-to";
  ReplayConfig replay;
  Done ok = add_sources(o, replay);
  if (ok) ok = fill_times(o, speed, replay);
  if (!ok) return tl::make_unexpected(ok.error());
  o.run.brokers_imply_sink =
      std::none_of(replay.sources.begin(), replay.sources.end(),
                   [](const SourceRequest& source) { return source.kind == "kafka"; }) ||
      !o.source_brokers.empty();
  Result<RunConfig> config = make_sending_config(o.run, settings, speed > 0);
  if (!config) return config;
  if (Done resumable = fill_checkpoint(o.run, config->checkpoint); !resumable)
    return tl::make_unexpected(resumable.error());
  replay.time_field = o.time_field;
  replay.key_field = o.key_field;
  replay.time_unit = unit_of(o.time_unit);
  replay.from = o.from;
  replay.to = o.to;
  replay.filters = o.filters;
  config->replay = std::move(replay);
  config->log_releases = !o.run.manifest.empty();
  if (Done distinct = check_not_into_itself(o, *config); !distinct)
    return tl::make_unexpected(distinct.error());
  return config;
}

}  // namespace racesim::cli
