#include "cli/commands/replay/options.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/quantity.h"
#include "base/time_text.h"
#include "cli/values.h"
#include "io/kafka/cluster/names.h"
#include "run/replay/parse_replay.h"

namespace racesim::cli {
namespace {

constexpr double kLeastSpeed = 1e-3, kMostSpeed = 1e6;

OptionSpec any_number_of(OptionSpec option) {
  option.repeatable = true;
  return option;
}

Setter set_speed(std::optional<double>& target) {
  return [&target](const std::string& text) -> Done {
    double speed = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, code] = std::from_chars(text.data(), end, speed);
    const bool is_number = code == std::errc{} && stop == end;
    if (text != "max" && (!is_number || !(speed >= kLeastSpeed && speed <= kMostSpeed)))
      return fail(ErrorKind::usage, "'" + text + "' is no speed",
                  "a number from 0.001 to 1000000 (60: a minute in a second), or max");
    target = text == "max" ? 0 : speed;
    return {};
  };
}

Setter set_seek(SeekPoint& target) {
  return [&target](const std::string& text) -> Done {
    const Result<SeekPoint> point = parse_seek(text);
    if (!point) return tl::make_unexpected(point.error());
    target = *point;
    return {};
  };
}

Setter add_filter(std::vector<FieldFilter>& target) {
  return [&target](const std::string& text) -> Done {
    Result<FieldFilter> filter = parse_filter(text);
    if (!filter) return tl::make_unexpected(filter.error());
    target.push_back(std::move(*filter));
    return {};
  };
}

Setter set_rounds(ReplayOptions& o) {
  return [&o](const std::string& text) -> Done {
    o.loops = true;
    if (text == "forever") {
      o.rounds = 0;
      return {};
    }
    return set_number(o.rounds, std::uint64_t{1}, std::uint64_t{1'000'000'000})(text);
  };
}

Setter set_start(ReplayOptions& o) {
  return [&o](const std::string& text) -> Done {
    const Result<std::int64_t> moment = parse_datetime(text, o.zone);
    if (!moment) return tl::make_unexpected(moment.error());
    o.start_ns = *moment;
    return {};
  };
}

Setter set_source_brokers(std::string& target) {
  return [&target](const std::string& text) -> Done {
    if (Done ok = kafka::check_brokers(text); !ok) return ok;
    target = text;
    return {};
  };
}

std::vector<OptionSpec> source_options(ReplayOptions& o) {
  const auto source = [](const OptionText& text, Setter set) {
    return option_of("Source", text, std::move(set));
  };
  OptionSpec sources = any_number_of(
      source({"SOURCE", "SOURCE", "",
              "What to replay: files and patterns (NDJSON or CSV, .gz, .zst), - for the standard input, "
              "sqlite:PATH, postgres:DSN, kafka:TOPIC,…; several are merged by event time"},
             add_text(o.sources)));
  sources.positional = true;
  sources.complete = Complete::file;
  sources.default_note = "required but with --dead-letter";
  return {
      sources,
      any_number_of(file(source({"dead-letter", "FILE", "",
                                 "Send the events of this dead-letter file again; without --speed at once"},
                                add_text(o.dead_letters)))),
      noted(source({"source-brokers", "HOST:PORT,…", "", "Kafka cluster to read from"},
                   set_source_brokers(o.source_brokers)),
            "--brokers"),
      file(source({"password-file", "FILE", "", "File with the password for postgres:"},
                  set_text(o.password_file))),
  };
}

std::vector<OptionSpec> record_options(ReplayOptions& o) {
  const auto record = [](const OptionText& text, Setter set) {
    return option_of("Records", text, std::move(set));
  };
  return {
      noted(record(
                {"time-field", "FIELD", "",
                 "Field or column with the event time, ISO 8601 or a number since 1970; 'a.b' is b within a"},
                set_text(o.time_field)),
            "known for events of racesim"),
      chosen(record({"time-unit", "UNIT", "auto",
                     "What numbers in the time field count; auto: told by their size"},
                    nullptr),
             o.time_unit, {"auto", "s", "ms", "us", "ns"}),
      noted(record({"key-field", "FIELD", "",
                    "Field or column with the key: its events stay in order, and go to one partition"},
                   set_text(o.key_field)),
            "known for events of racesim; of other records in Kafka their key"),
      record({"from", "PLACE", "",
              "Begin here: a time (2026-07-05T14:10:00Z), +90s behind the first event, lap:12, or "
              "offset:1000 for the event of that number"},
             set_seek(o.from)),
      record({"to", "PLACE", "", "End before this place, written likewise"}, set_seek(o.to)),
      any_number_of(record({"filter", "FIELD=VALUE", "",
                            "Send only events whose field has this value, or one of several: car=63,44, "
                            "speed_kmh=250..300. Given several times, all must hold"},
                           add_filter(o.filters))),
  };
}

std::vector<OptionSpec> time_options(ReplayOptions& o) {
  const auto time = [](const OptionText& text, Setter set) {
    return option_of("Time", text, std::move(set));
  };
  return {
      noted(time({"speed", "N", "",
                  "How many times as fast as recorded, 0.001 to 1000000, or max: as fast as possible"},
                 set_speed(o.speed)),
            "1; max with only --dead-letter"),
      chosen(time({"timestamps", "HOW", "keep",
                   "Times in the events: as recorded (keep), moved so that the first one happens at "
                   "--start-datetime (shift), or also stretched by 1/speed (scale)"},
                  nullptr),
             o.timestamps, {"keep", "shift", "scale"}),
      time({"tz", "ZONE", "UTC", "Time zone of --start-datetime without an offset"}, set_text(o.zone)),
      noted(time({"start-datetime", "DATETIME", "", "With shift and scale: the time of the first event"},
                 set_start(o)),
            "now"),
      time({"loop", "N", "",
            "Send the recording N times, or forever; each round is a run of its own, with new ids"},
           set_rounds(o)),
      time({"max-gap", "DURATION", "1h",
            "Cut longer gaps in event time to this, and do not believe a single time that is further off; "
            "0: wait however long it takes"},
           set_parsed(o.max_gap_ns, &parse_duration_ns)),
  };
}

/// What a run has and a replay has not.
bool is_of_runs_alone(const std::string& name) {
  constexpr std::string_view kNames[] = {"speed", "format", "dead-letter", "record-timestamp", "digest"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

void reword(OptionSpec& option) {
  if (option.name == "brokers")
    option.help = "Kafka cluster to send to, and to read from; implies --sink kafka unless a source is kafka";
  if (option.name == "topic") {
    option.help = "Topic that all events go to";
    option.default_note = "that of their kind, or the one they were read from";
  }
  if (option.name == "delivery-timeout")
    option.default_note = "0 at a speed and with --txn, 15m for max, 5m with --throughput";
  if (option.name == "posting-rate") option.default_note = "no limit";
  if (option.name == "threads") option.help = "Threads that deliver events";
  if (option.name == "drain-timeout") option.help = "Time after a signal to deliver the events already read";
}

}  // namespace

std::vector<OptionSpec> replay_options(ReplayOptions& o) {
  std::vector<OptionSpec> all = source_options(o);
  const auto add = [&](std::vector<OptionSpec> part) {
    for (OptionSpec& option : part) all.push_back(std::move(option));
  };
  add(record_options(o));
  add(time_options(o));
  for (const auto part : {pace_options, delivery_options, kafka_options, proof_options}) {
    for (OptionSpec& option : part(o.run)) {
      if (is_of_runs_alone(option.name)) continue;
      reword(option);
      all.push_back(std::move(option));
    }
  }
  const OptionText letters{"dead-letter-to", "FILE", "replay-dead-letter.ndjson",
                           "File for records that are no events, and for events that could not be delivered; "
                           "created only when needed"};
  all.push_back(file(option_of("Delivery", letters, set_text(o.run.dead_letter))));
  const OptionText seed{"seed", "N", "42", "The same seed disturbs the same events with --faults"};
  all.push_back(option_of("Proof", seed, set_number(o.run.seed, std::uint64_t{0}, UINT64_MAX)));
  return all;
}

}  // namespace racesim::cli
