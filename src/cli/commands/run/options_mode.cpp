// racesim run, groups "Mode" and "What".
#include <fmt/format.h>

#include "base/time_text.h"
#include "cli/commands/run/options.h"
#include "cli/commands/run/scenario_options.h"
#include "cli/values.h"
#include "sim/registry.h"

namespace racesim::cli {
namespace {

/// `zone` is read when the value is: --tz stands before the times in the list of options.
Setter set_moment(std::optional<std::int64_t>& target, const std::string& zone) {
  return [&target, &zone](const std::string& text) -> Done {
    constexpr std::int64_t kMillisecond_ns = 1'000'000;
    const Result<std::int64_t> moment = parse_datetime(text, zone);
    if (!moment) return tl::make_unexpected(moment.error());
    if (*moment % kMillisecond_ns != 0)
      return fail(ErrorKind::usage, "'" + text + "' is more precise than a millisecond",
                  "example: 2024-02-01T00:00:00.250Z");
    target = *moment;
    return {};
  };
}

/// Checked where it is given, also by a run that reads no time in it.
Setter set_zone(std::string& target) {
  return [&target](const std::string& text) -> Done {
    if (Done ok = check_zone(text); !ok) return ok;
    target = text;
    return {};
  };
}

Setter set_whole_ms(std::int64_t& target) {
  return [&target](const std::string& text) -> Done {
    const Result<std::int64_t> duration = parse_duration_ns(text);
    if (!duration) return tl::make_unexpected(duration.error());
    if (*duration % 1'000'000 != 0)
      return fail(ErrorKind::usage, "'" + text + "' is more precise than a millisecond",
                  "example: 250ms, 7d");
    target = *duration;
    return {};
  };
}

/// The form in which events and summaries show a run's name.
Setter set_run_id(std::string& target) {
  return [&target](const std::string& text) -> Done {
    if (text.size() != 8 || text.find_first_not_of("0123456789abcdef") != std::string::npos)
      return fail(ErrorKind::usage, "'" + text + "' is not 8 lower-case hex digits", "example: a1b2c3d4");
    target = text;
    return {};
  };
}

std::vector<std::string> scenario_names() {
  std::vector<std::string> names;
  for (const ScenarioEntry* entry : scenarios()) names.emplace_back(entry->name);
  return names;
}

OptionSpec what(const char* name, const char* metavar, const char* fallback, const std::string& help,
                Setter set) {
  return option_of("What", {name, metavar, fallback, help.c_str()}, std::move(set));
}

}  // namespace

std::vector<OptionSpec> mode_options(RunOptions& o) {
  const auto mode = [](const char* name, const char* metavar, const char* fallback, const char* help,
                       Setter set) {
    return option_of("Mode", {name, metavar, fallback, help}, std::move(set));
  };
  return {
      mode("live", "", "", "Make events from now on, and send each one when it happens. This is the default",
           set_flag(o.live)),
      mode("historical", "", "",
           "Make the events of a past window, and send them as fast as the pace options allow",
           set_flag(o.historical)),
      mode("tz", "ZONE", "UTC",
           "Time zone of date-times without an offset. A time that the zone's clock skips or shows twice is "
           "an error that names both readings",
           set_zone(o.zone)),
      mode("start-datetime", "DATETIME", "",
           "Start of the window, ISO 8601, as in 2024-02-01T00:00:00Z. Required with --historical",
           set_moment(o.start_ns, o.zone)),
      mode("end-datetime", "DATETIME", "", "End of the window (exclusive). Required with --historical",
           set_moment(o.end_ns, o.zone)),
      mode("duration-seconds", "N", "0", "Length of a live run in seconds; 0: until stopped",
           set_number(o.duration_s, std::uint64_t{0}, std::uint64_t{3'155'760'000})),
      mode("duration", "DURATION", "", "Length of a live run with a unit: 90s, 5m, 1h30m, 7d",
           set_parsed(o.duration_ns, &parse_duration_ns)),
      mode("backfill", "DURATION", "",
           "Live: first send this much history up to now, at full speed, then continue live",
           set_whole_ms(o.backfill_ns)),
      noted(mode("run-id", "HEX", "", "Name of the run, 8 hex digits", set_run_id(o.run_id)),
            "derived from the content options"),
  };
}

std::vector<OptionSpec> what_options(RunOptions& o) {
  OptionSpec scenario = what(
      "scenario", "NAME", "race",
      "What to simulate. " + of_each([](const ScenarioEntry& e) { return std::string(e.summary); }), nullptr);
  scenario.choices = scenario_names();
  OptionSpec directory =
      what("master-data-dir", "DIR", "data/master/",
           "Folder with master data (.csv, .json or .jsonl). " + of_each([](const ScenarioEntry& e) {
             return fmt::format(
                 "{}{}", fmt::join(e.master_entities, ", "),
                 e.needs_master || e.master_entities.empty() ? "" : ", built in if no folder is given");
           }),
           set_text(o.master_data_dir));
  directory.complete = Complete::directory;
  OptionSpec volume =
      what("volume", "N[/min]", "",
           "Number of events. " + of_each([](const ScenarioEntry& e) { return std::string(e.volume.help); }),
           set_parsed(o.volume, &parse_volume));
  volume.default_note = of_each([](const ScenarioEntry& e) { return std::string(e.volume.fallback); });
  return {
      choice_option(scenario, o.scenario),
      what("seed", "N", "42", "The same seed gives the same events",
           set_number(o.seed, std::uint64_t{0}, UINT64_MAX)),
      volume,
      directory,
      what("shard", "I/N", "1/1", "Make only part I of N; all N parts together are the whole stream",
           set_parsed(o.shard, &parse_shard)),
  };
}

std::vector<OptionSpec> run_options(RunOptions& options) {
  std::vector<OptionSpec> all;
  const auto add = [&](std::vector<OptionSpec> part) {
    for (OptionSpec& option : part) all.push_back(std::move(option));
  };
  add(mode_options(options));
  add(what_options(options));
  add(scenario_options());
  for (const auto part : {pace_options, delivery_options, kafka_options, proof_options}) add(part(options));
  return all;
}

}  // namespace racesim::cli
