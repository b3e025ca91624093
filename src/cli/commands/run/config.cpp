// From the options of racesim run to a RunConfig: combinations, and defaults that depend on other options.
#include <fmt/format.h>

#include <algorithm>

#include "base/time_text.h"
#include "cli/commands/connect_grace.h"
#include "cli/commands/milliseconds.h"
#include "cli/commands/run/options.h"
#include "cli/commands/run/scenario_options.h"
#include "cli/version.h"
#include "run/content.h"

namespace racesim::cli {
namespace {

// The songs document's defaults.
constexpr Rate kHttpHistoricalRate{10, 1};

/// Above all sources: the default of a flag that nothing sets.
int rank(const Settings& settings, const std::string& name, bool value) {
  const auto found = settings.find(name);
  return found == settings.end() || !value ? -1 : static_cast<int>(found->second.source);
}

/// Typed by the user this time: contradictions are told only of such options.
bool on_line(const Settings& settings, const std::string& name) {
  const auto found = settings.find(name);
  return found != settings.end() && found->second.source == Source::flag;
}

/// Given anywhere but as the default.
bool is_set(const Settings& settings, const std::string& name) {
  const auto found = settings.find(name);
  return found != settings.end() && found->second.source != Source::builtin;
}

/// Refuses two options that were both typed.
Done exclude(const Settings& settings, const std::string& a, const std::string& b) {
  if (on_line(settings, a) && on_line(settings, b))
    return fail(ErrorKind::usage, "--" + a + " and --" + b + " exclude each other", "give one of them");
  return {};
}

/// True for --historical. The stronger source wins; both from the same source are a contradiction.
Result<bool> is_historical(const RunOptions& options, const Settings& settings) {
  const int live = rank(settings, "live", options.live);
  const int historical = rank(settings, "historical", options.historical);
  if (live >= 0 && live == historical)
    return fail(ErrorKind::usage, "--live and --historical exclude each other", "give one of them");
  return historical > live;
}

Done refuse_other_mode(const Settings& settings, bool historical) {
  const std::vector<std::string> live_only{"duration-seconds", "duration", "speed", "backfill"};
  const std::vector<std::string> historical_only{"start-datetime", "end-datetime"};
  for (const std::string& name : historical ? live_only : historical_only)
    if (on_line(settings, name))
      return fail(
          ErrorKind::usage,
          "--" + name + (historical ? " is for live runs, not for --historical" : " is for historical runs"),
          historical ? "the window is set by --start-datetime and --end-datetime" : "add: --historical");
  return {};
}

/// When events happen.
Done fill_window(const RunOptions& o, const Settings& settings, bool historical, Clock& clock,
                 ContentOptions& content) {
  if (!historical) {
    if (const Done ok = exclude(settings, "duration-seconds", "duration"); !ok) return ok;
    const std::int64_t now_ns = clock.wall_ns() / kNsPerMs * kNsPerMs;
    content.start_ns = now_ns - o.backfill_ns;
    if (content.start_ns < 0)
      return fail(ErrorKind::usage, "--backfill: the history would begin before 1970",
                  "example: --backfill 7d");
    const bool seconds = on_line(settings, "duration-seconds") || !is_set(settings, "duration");
    const std::int64_t length_ns =
        seconds ? static_cast<std::int64_t>(o.duration_s) * kNsPerSecond : o.duration_ns;
    if (length_ns == 0) return {};
    // Event time runs `speed` times as fast as the clock that the duration is told in.
    const double event_ns = static_cast<double>(length_ns) * o.speed;
    if (event_ns > 9e18 - static_cast<double>(now_ns))
      return fail(ErrorKind::usage, "the run would end after the year 2262",
                  "shorten --duration or lower --speed");
    const auto event_ms = static_cast<std::int64_t>(event_ns / static_cast<double>(kNsPerMs));
    content.end_ns = now_ns + std::max<std::int64_t>(1, event_ms) * kNsPerMs;
    return {};
  }
  if (const std::vector<std::string> missing = missing_run_options(settings); !missing.empty())
    return fail(ErrorKind::usage, fmt::format("--historical needs {}", fmt::join(missing, " and ")),
                "example: --start-datetime 2024-01-01T00:00:00Z --end-datetime 2024-02-01T00:00:00Z");
  if (*o.end_ns <= *o.start_ns)
    return fail(ErrorKind::usage,
                "--end-datetime " + format_datetime(*o.end_ns) + " is not after --start-datetime " +
                    format_datetime(*o.start_ns),
                "the window runs from the start to just before the end");
  content.start_ns = *o.start_ns;
  content.end_ns = *o.end_ns;
  return {};
}

/// Of a scenario whose events come at their own rate a volume can only cut the run short.
Done limit_events(const RunOptions& o, ContentOptions& content) {
  if (o.volume.per_minute)
    return fail(ErrorKind::usage,
                fmt::format("--volume: {} has no volume per minute", content.scenario->name),
                "--volume N ends the run after N events");
  if (o.shard.count > 1)
    return fail(ErrorKind::usage,
                fmt::format("--volume and --shard exclude each other in {}", content.scenario->name),
                "a part does not know how many events the others have sent");
  content.limit.most = o.volume.events;
  return {};
}

Done fill_volume(const RunOptions& o, const Settings& settings, bool historical, ContentOptions& content) {
  const VolumeRule& rule = content.scenario->volume;
  if (!rule.is_content) return is_set(settings, "volume") ? limit_events(o, content) : Done();
  Volume volume = historical ? rule.historical : rule.live;
  if (is_set(settings, "volume")) volume = o.volume;
  volume.per_minute = volume.per_minute || !historical;
  content.volume = volume;
  return {};
}

/// All that decides the bytes.
Done fill_content(const RunOptions& o, const Settings& settings, bool historical, Clock& clock,
                  ContentOptions& content) {
  content = ContentOptions(*find_scenario(o.scenario));
  content.live = !historical;
  content.seed = o.seed;
  content.master_data_dir = o.master_data_dir;
  content.master_data_named = is_set(settings, "master-data-dir");
  if (const Done ok = fill_values(settings, content); !ok) return ok;
  if (const Done ok = read_documents(content); !ok) return ok;
  if (const Done ok = fill_volume(o, settings, historical, content); !ok) return ok;
  // What the options exclude is told before anything else is looked at.
  if (const auto read = read_content(content); !read) return tl::make_unexpected(read.error());
  return fill_window(o, settings, historical, clock, content);
}

/// An address implies its sink: on the command line in any case, elsewhere unless --sink names others.
void imply_sink(const Settings& settings, const char* option, const char* kind, bool none_named,
                std::vector<SinkText>& sinks) {
  if (!on_line(settings, option) && !(is_set(settings, option) && none_named)) return;
  for (const SinkText& sink : sinks)
    if (sink.kind == kind) return;
  sinks.push_back({kind, ""});
}

constexpr std::string_view kLineProtocol = "lineprotocol";

Done fill_sinks(const RunOptions& o, const Settings& settings, DeliveryOptions& delivery) {
  std::vector<SinkText> sinks = o.sinks;
  const auto is_http = [](const SinkText& sink) { return sink.kind == "http"; };
  imply_sink(settings, "api-endpoint", "http", o.sinks.empty(), sinks);
  if (o.brokers_imply_sink) imply_sink(settings, "brokers", "kafka", o.sinks.empty(), sinks);
  if (sinks.empty() && o.stdout_by_default) sinks.push_back({"stdout", ""});
  if (std::count_if(sinks.begin(), sinks.end(), is_http) > 1)
    return fail(ErrorKind::usage, "--sink http is given twice",
                "only one endpoint is possible: --api-endpoint URL");
  const auto is_kafka = [](const SinkText& sink) { return sink.kind == "kafka"; };
  if (std::count_if(sinks.begin(), sinks.end(), is_kafka) > 1)
    return fail(ErrorKind::usage, "--sink kafka is given twice",
                "only one cluster is possible: --brokers HOST:PORT");
  for (const SinkText& sink : sinks) {
    if (is_http(sink) && o.format != "json" && o.format != kLineProtocol)
      return fail(ErrorKind::usage, "the http sink sends JSON or line protocol, not " + o.format,
                  "leave out --format " + o.format);
    delivery.sinks.push_back({sink.kind, is_http(sink) ? o.endpoint : sink.target});
  }
  return {};
}

/// No two things that the run writes may be the same file.
Done check_places(const RunOptions& o, const Settings& settings, const DeliveryOptions& delivery) {
  std::vector<SinkText> sinks;
  bool gives_up = o.may_refuse;  // events one by one, into the dead-letter file
  for (const SinkSpec& sink : delivery.sinks) {
    sinks.push_back({sink.kind, sink.kind == "file" ? sink.target : ""});
    gives_up = gives_up || sink.kind == "http" || sink.kind == "kafka";
  }
  std::vector<SideFile> files{{"--lock", o.lock},
                              {"--summary-export", o.summary_export},
                              {"--manifest", o.manifest},
                              {"--checkpoint", o.checkpoint}};
  // Without these sinks it is never made, and its default is nobody's concern.
  if (gives_up || on_line(settings, o.dead_letter_option))
    files.push_back({"--" + o.dead_letter_option, o.dead_letter});
  return check_distinct(sinks, files);
}

/// Where events go and how; paths are opened by the run, which tells what is wrong with them.
Done fill_delivery(const RunOptions& o, const Settings& settings, bool historical,
                   DeliveryOptions& delivery) {
  delivery.format = o.format;
  delivery.threads = o.threads;
  delivery.http = o.http;
  if (o.format == kLineProtocol) {  // as InfluxDB's /api/v2/write takes it
    delivery.http.content_type = "text/plain; charset=utf-8";
    delivery.http.token_scheme = "Token";
  }
  delivery.http.threads = std::min(o.threads, o.http.connections);
  delivery.http.user_agent = "racesim/" + version();
  delivery.dead_letter_path = o.dead_letter;
  delivery.drain_timeout_ns = o.drain_timeout_ns;
  delivery.strict_pipe = o.strict_pipe;
  if (const Done ok = fill_kafka(o, settings, historical, delivery.kafka); !ok) return ok;
  delivery.http.connect_grace_ns = delivery.kafka.connect_grace_ns = connect_grace_ns(o.connect_timeout_ns);
  if (const Done ok = fill_sinks(o, settings, delivery); !ok) return ok;
  if (const Done ok = check_places(o, settings, delivery); !ok) return ok;
  if (o.http.timeout_ns == 0)
    return fail(ErrorKind::usage, "--timeout: 0 leaves no time for an answer", "example: --timeout 10s");
  return {};
}

/// Live events come at their own rate; a limit below it would fall behind for ever.
Done check_live_rate(const RunOptions& o, const ContentOptions& content, const PaceOptions& pace) {
  if (!pace.live || pace.on_overload == Overload::drop) return {};
  const auto read = read_content(content);
  if (!read || content.scenario->event_rate == nullptr) return {};
  const double event_rate = content.scenario->event_rate(**read) * pace.speed / o.shard.count;
  double least = pace.posting_rate.per_second();
  if (!pace.stages.empty()) {
    least = pace.stages.front().rate.per_second();
    for (const StageText& stage : pace.stages) least = std::min(least, stage.rate.per_second());
  } else if (pace.posting_rate.events == 0) {
    return {};
  }
  if (least >= event_rate) return {};
  return fail(
      ErrorKind::usage,
      fmt::format("a rate of {} is below the {} of live events", format_rate(least), format_rate(event_rate)),
      fmt::format("raise the rate, {}or allow events to be left out: --on-overload drop",
                  content.scenario->slower_hint.empty()
                      ? std::string()
                      : fmt::format("lower {}, ", content.scenario->slower_hint)));
}

/// When events are sent, as far as that does not hang on what they are. `fallback`: the rate where none is
/// given.
Done fill_rates(const RunOptions& o, const Settings& settings, Rate fallback, PaceOptions& pace) {
  if (const Done ok = exclude(settings, "posting-rate", "stages"); !ok) return ok;
  const bool rate_given = is_set(settings, "posting-rate"), stages_given = is_set(settings, "stages");
  const bool staged =
      stages_given && (!rate_given || rank(settings, "stages", true) > rank(settings, "posting-rate", true));
  if (staged)
    pace.stages = o.stages;
  else
    pace.posting_rate = rate_given ? o.posting_rate : fallback;
  pace.arrivals = o.arrivals == "poisson" ? Arrivals::poisson : Arrivals::constant;
  if (on_line(settings, "arrivals") && pace.arrivals == Arrivals::poisson && pace.posting_rate.events == 0 &&
      !staged)
    return fail(ErrorKind::usage, "--arrivals poisson needs a rate", "add: --posting-rate 100/s");
  pace.catch_up = o.catch_up == "burst" ? CatchUp::burst : CatchUp::paced;
  pace.on_overload = o.on_overload == "drop"   ? Overload::drop
                     : o.on_overload == "fail" ? Overload::fail
                                               : Overload::block;
  pace.max_lag_ns = o.max_lag_ns;
  pace.realtime = o.realtime;
  return {};
}

/// When events are sent; needs the sinks, whose kind decides on the default rate.
Done fill_pace(const RunOptions& o, const Settings& settings, bool historical, const RunConfig& config,
               PaceOptions& pace) {
  const auto to_http = [](const SinkSpec& sink) { return sink.kind == "http"; };
  const auto& sinks = config.delivery.sinks;
  const bool slow = historical && std::any_of(sinks.begin(), sinks.end(), to_http);
  if (const Done ok = fill_rates(o, settings, slow ? kHttpHistoricalRate : Rate{}, pace); !ok) return ok;
  pace.live = pace.start_when_ready = !historical;
  pace.speed = historical ? 1 : o.speed;
  pace.backfill_ns = historical ? 0 : o.backfill_ns;
  return check_live_rate(o, config.content, pace);
}

/// What is done to events on purpose.
Result<FaultRules> fault_rules(const RunOptions& o, const Settings& settings) {
  FaultRules rules = o.faults;
  rules.late_delay_ns = o.late_delay_ns;
  const char* const example = "example: --faults late=1% --late-delay 30s";
  if (rules.late_delay_ns <= 0) return fail(ErrorKind::usage, "--late-delay: must be above 0", example);
  if (rules.late_delay_ns > kLateDelayMost_ns)
    return fail(ErrorKind::usage, "--late-delay: at most a day, since delayed events are kept in memory",
                example);
  if (on_line(settings, "late-delay") && rules.late == 0 && rules.reorder == 0)
    return fail(ErrorKind::usage, "--late-delay has no effect: no event is late", example);
  return rules;
}

/// Without due times there is no lag, so a condition on it could neither hold nor fail.
Done check_thresholds(const RunOptions& o, const PaceOptions& pace) {
  if (pace.live || pace.posting_rate.events > 0 || !pace.stages.empty()) return {};
  for (const Threshold& threshold : o.thresholds)
    if (needs_plan(threshold.metric))
      return fail(ErrorKind::usage,
                  "--threshold " + threshold.text + ": " + threshold.metric +
                      " is not measured in a run without a rate",
                  "add: --posting-rate 1000/s");
  return {};
}

}  // namespace

std::vector<std::string> missing_run_options(const Settings& settings) {
  std::vector<std::string> missing;
  if (settings.count("historical") == 0) return missing;
  for (const char* name : {"start-datetime", "end-datetime"})
    if (settings.count(name) == 0) missing.push_back(std::string("--") + name);
  return missing;
}

Done fill_checkpoint(const RunOptions& o, CheckpointOptions& checkpoint) {
  if (o.resume && o.checkpoint.empty())
    return fail(ErrorKind::usage, "--resume: no checkpoint is given", "add: --checkpoint run.checkpoint");
  checkpoint = {o.checkpoint, o.resume};
  return {};
}

Result<RunConfig> make_sending_config(const RunOptions& o, const Settings& settings, bool live) {
  RunConfig config;
  config.program = "racesim " + version();
  config.commit = commit();
  config.content.seed = o.seed;
  Done ok = fill_delivery(o, settings, !live, config.delivery);
  if (ok) ok = fill_rates(o, settings, {}, config.pace);
  config.pace.live = live;
  config.pace.speed = live ? o.speed : 1;
  if (ok) ok = check_thresholds(o, config.pace);
  if (!ok) return tl::make_unexpected(ok.error());
  const Result<FaultRules> faults = fault_rules(o, settings);
  if (!faults) return tl::make_unexpected(faults.error());
  config.faults = *faults;
  if (!o.run_id.empty()) config.run_id = o.run_id;
  return config;
}

Result<RunConfig> make_run_config(const RunOptions& o, const Settings& settings, Clock& clock) {
  const Result<bool> historical = is_historical(o, settings);
  if (!historical) return tl::make_unexpected(historical.error());
  RunConfig config;
  config.program = "racesim " + version();
  config.commit = commit();
  if (const Done ok = refuse_other_mode(settings, *historical); !ok) return tl::make_unexpected(ok.error());
  if (const Done ok = fill_content(o, settings, *historical, clock, config.content); !ok)
    return tl::make_unexpected(ok.error());
  if (const Done ok = fill_delivery(o, settings, *historical, config.delivery); !ok)
    return tl::make_unexpected(ok.error());
  if (const Done ok = fill_pace(o, settings, *historical, config, config.pace); !ok)
    return tl::make_unexpected(ok.error());
  if (const Done ok = check_thresholds(o, config.pace); !ok) return tl::make_unexpected(ok.error());
  if (const Done ok = fill_checkpoint(o, config.checkpoint); !ok) return tl::make_unexpected(ok.error());
  const Result<FaultRules> faults = fault_rules(o, settings);
  if (!faults) return tl::make_unexpected(faults.error());
  config.faults = *faults;
  config.shard = {o.shard.index, o.shard.count};
  config.log_releases = !o.manifest.empty();
  config.digest = o.digest;
  if (o.digest && !o.checkpoint.empty())
    return fail(ErrorKind::usage,
                "--digest and --checkpoint exclude each other: a resumed run has not seen all lines",
                "leave out --digest: racesim verify compares line by line without it");
  if (o.digest && o.manifest.empty() && on_line(settings, "digest"))
    return fail(ErrorKind::usage, "--digest needs a manifest to be written to",
                "add: --manifest run.manifest.json");
  if (!o.run_id.empty()) config.run_id = o.run_id;
  return config;
}

}  // namespace racesim::cli
