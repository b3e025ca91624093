// racesim run, groups "Mode" and "What".
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/time_text.h"
#include "cli/commands/run/options.h"
#include "cli/values.h"
#include "sim/plays/plan/popularity.h"
#include "sim/race/race.h"
#include "sim/race/row_names.h"
#include "sim/race/track/tracks.h"
#include "sim/scenario.h"

namespace racesim::cli {
namespace {

/// `zone` is read when the value is: --tz stands before the times in the list of options.
Setter set_moment(std::optional<std::int64_t>& target, const std::string& zone) {
  return [&target, &zone](const std::string& text) -> Done {
    constexpr std::int64_t kMillisecond_ns = 1'000'000;
    const Result<std::int64_t> moment = parse_datetime(text, zone);
    if (!moment) return tl::make_unexpected(moment.error());
    if (*moment % kMillisecond_ns != 0)
      return fail(ErrorKind::usage, "'" + text + "' is finer than a millisecond",
                  "example: 2024-02-01T00:00:00.250Z");
    target = *moment;
    return {};
  };
}

Setter set_whole_ms(std::int64_t& target) {
  return [&target](const std::string& text) -> Done {
    const Result<std::int64_t> duration = parse_duration_ns(text);
    if (!duration) return tl::make_unexpected(duration.error());
    if (*duration % 1'000'000 != 0)
      return fail(ErrorKind::usage, "'" + text + "' is finer than a millisecond", "example: 250ms, 7d");
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

/// Checked here so that the error names the option; the scenario reads the text again.
Setter set_popularity(std::string& target) {
  return [&target](const std::string& text) -> Done {
    const auto law = plays::parse_popularity(text);
    if (!law) return tl::make_unexpected(law.error());
    target = text;
    return {};
  };
}

/// Samples per second as thousandths.
Setter set_sample_rate(std::uint64_t& target_mhz) {
  return [&target_mhz](const std::string& text) -> Done {
    double rate = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, code] = std::from_chars(text.data(), end, rate);
    if (code != std::errc{} || stop != end || !(rate >= 1 && rate <= 1000))
      return fail(ErrorKind::usage, "'" + text + "' is not a rate between 1 and 1000 samples per second",
                  "example: 100");
    target_mhz = static_cast<std::uint64_t>(rate * 1000 + 0.5);
    return {};
  };
}

Setter set_streams(std::vector<std::string>& target) {
  return [&target](const std::string& text) -> Done {
    target.clear();
    for (std::size_t from = 0; from <= text.size();) {
      const std::size_t comma = std::min(text.find(',', from), text.size());
      const std::string name = text.substr(from, comma - from);
      if (std::find(race::kStreamNames.begin(), race::kStreamNames.end(), name) == race::kStreamNames.end())
        return fail(ErrorKind::usage, "'" + name + "' is not a stream of the race",
                    fmt::format("choose from: {}", fmt::join(race::kStreamNames, ",")));
      if (std::find(target.begin(), target.end(), name) != target.end())
        return fail(ErrorKind::usage, "'" + name + "' is there twice", "example: telemetry,laps");
      target.push_back(name);
      from = comma + 1;
    }
    return {};
  };
}

/// A name is checked here so that the error names the option; a file is read when the run is put together.
Setter set_track(std::string& target) {
  return [&target](const std::string& text) -> Done {
    if (race::is_track_path(text)) {
      target = text;
      return {};
    }
    const auto track = race::find_track(text);
    if (!track) return tl::make_unexpected(track.error());
    target = text;
    return {};
  };
}

std::vector<std::string> scenario_names() {
  std::vector<std::string> names;
  for (const ScenarioEntry& entry : scenarios()) names.emplace_back(entry.name);
  return names;
}

OptionSpec what(const char* name, const char* metavar, const char* fallback, const char* help, Setter set) {
  return option_of("What", {name, metavar, fallback, help}, std::move(set));
}

/// Those of the race alone.
std::vector<OptionSpec> race_options(RunOptions& o) {
  OptionSpec session =
      what("session", "KIND", "race",
           "Race: what is driven; qualifying has three parts, practice an hour of stints", nullptr);
  for (const std::string_view name : race::kSessionNames) session.choices.emplace_back(name);
  OptionSpec track =
      what("track", "TRACK", "silverstone",
           "Race: the circuit, a built-in one or a file: .json of 'racesim track import', or .csv, which is "
           "imported each time",
           set_track(o.race.track));
  track.complete = Complete::file;
  OptionSpec model =
      what("model", "KIND", "full",
           "Race: full, or simple: cars with an id, a random speed and a location, nothing else", nullptr);
  for (const std::string_view name : race::kModelNames) model.choices.emplace_back(name);
  OptionSpec names =
      what("as", "NAMES", "racesim",
           "Race: column names of telemetry and laps: our own, or those of Fast-F1 or OpenF1", nullptr);
  for (const std::string_view name : race::kRowNames) names.choices.emplace_back(name);
  return {
      what("rate-hz", "HZ", "100", "Race: samples per car and second, 1 to 1000",
           set_sample_rate(o.race.rate_mhz)),
      what("cars", "N", "20", "Race: how many cars take part",
           set_number(o.race.cars, std::uint32_t{1}, race::kMostCars)),
      noted(what("laps", "N", "",
                 "Race: its distance. Given in a live run, that run ends with the race; else the next one "
                 "follows",
                 set_number(o.race.laps, std::uint32_t{1}, std::uint32_t{1000})),
            "52"),
      choice_option(session, o.race.session),
      choice_option(model, o.race.model),
      what("streams", "LIST", "telemetry",
           "Race: which of telemetry, checkpoints, laps and race-control, separated by commas",
           set_streams(o.race.streams)),
      choice_option(names, o.race.names),
      track,
  };
}

}  // namespace

std::vector<OptionSpec> mode_options(RunOptions& o) {
  const auto mode = [](const char* name, const char* metavar, const char* fallback, const char* help,
                       Setter set) {
    return option_of("Mode", {name, metavar, fallback, help}, std::move(set));
  };
  return {
      mode("live", "", "", "Events of now: each is sent when its time has come. This is the default mode",
           set_flag(o.live)),
      mode("historical", "", "", "Events of a window of time, sent as fast as the pace options allow",
           set_flag(o.historical)),
      mode("tz", "ZONE", "UTC",
           "Zone in which a date-time without an offset is read; times that its clock skips or shows twice "
           "are "
           "errors that name both readings",
           set_text(o.zone)),
      mode("start-datetime", "DATETIME", "",
           "Start of the window, ISO 8601, as in 2024-02-01T00:00:00Z. Required with --historical",
           set_moment(o.start_ns, o.zone)),
      mode("end-datetime", "DATETIME", "", "End of the window, not part of it. Required with --historical",
           set_moment(o.end_ns, o.zone)),
      mode("duration-seconds", "N", "0", "How long a live run lasts; 0: until it is stopped",
           set_number(o.duration_s, std::uint64_t{0}, std::uint64_t{3'155'760'000})),
      mode("duration", "DURATION", "", "The same with a unit: 90s, 5m, 1h30m, 7d",
           set_parsed(o.duration_ns, &parse_duration_ns)),
      mode("backfill", "DURATION", "",
           "Live: first send so much history, up to now and at once, then go on live",
           set_whole_ms(o.backfill_ns)),
      noted(mode("run-id", "HEX", "", "Name of the run, 8 hex digits", set_run_id(o.run_id)),
            "derived from what decides the events"),
  };
}

std::vector<OptionSpec> what_options(RunOptions& o) {
  OptionSpec scenario = what(
      "scenario", "NAME", "race",
      "What is simulated: race is a Grand Prix with every car's telemetry, plays are song plays of listeners",
      nullptr);
  scenario.choices = scenario_names();
  OptionSpec directory =
      what("master-data-dir", "DIR", "data/master/",
           "Folder with master data as .csv, .json or .jsonl files: songs, users and locations for plays; "
           "drivers, teams and cars for the race, which has its own when no folder is named",
           set_text(o.master_data_dir));
  directory.complete = Complete::directory;
  OptionSpec popularity =
      what("popularity", "LAW", "zipf:s=1.0,q=10",
           "Plays: how they spread over songs: zipf:s=S,q=Q, stretched, or uniform (every song alike)",
           set_popularity(o.popularity));
  popularity.suggestions = {"zipf:s=1.0,q=10", "stretched", "uniform"};
  std::vector<OptionSpec> options{
      choice_option(scenario, o.scenario),
      what("seed", "N", "42", "The same seed gives the same events",
           set_number(o.seed, std::uint64_t{0}, UINT64_MAX)),
      noted(what("volume", "N[/min]", "",
                 "Plays, historical: exactly so many events in the window; live, or written 60/min: the mean "
                 "per "
                 "minute. Race: the run ends behind the first N events",
                 set_parsed(o.volume, &parse_volume)),
            "plays: 10000 historical, 60/min live; race: no limit"),
  };
  for (OptionSpec& option : race_options(o)) options.push_back(std::move(option));
  options.push_back(popularity);
  options.push_back(directory);
  options.push_back(what("shard", "I/N", "1/1",
                         "Make only part I of N; the parts of N processes together are the events of one",
                         set_parsed(o.shard, &parse_shard)));
  return options;
}

}  // namespace racesim::cli
