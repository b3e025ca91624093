#include "sim/race/entry.h"
#include "sim/race/questions.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/number_text.h"
#include "base/quantity.h"
#include "base/random.h"
#include "model/race.h"
#include "model/race_as.h"
#include "model/race_simple.h"
#include "sim/race/distance.h"
#include "sim/race/laws/laws.h"
#include "sim/race/race.h"
#include "sim/race/tables.h"
#include "sim/race/track/heights.h"
#include "sim/race/track/track_file.h"
#include "sim/race/track/tracks.h"

namespace racesim::race {
namespace {

/// Looks the name up only: to parse a track takes milliseconds.
Done check_track_name(std::string_view name) {
  for (const EmbeddedFile& track : embedded_tracks())
    if (track.name == name) return {};
  if (const auto track = find_track(name); !track) return tl::make_unexpected(track.error());
  return {};
}

/// A CSV file and the JSON that `racesim track import` makes of it give the same run.
Result<std::string> normalised_track(std::string_view bytes, const std::string& path) {
  return read_track(bytes, path).map([](const Track& track) { return write_track(track); });
}

/// Empty: the track's own.
Done check_altitude(std::string_view text) {
  if (text.empty()) return {};
  return parse_altitude(text).map([](double) {});
}

/// A moment of a session, in milliseconds.
Result<std::int64_t> parse_at(std::string_view text) {
  constexpr std::int64_t kNsPerMs = 1'000'000;
  constexpr std::int64_t kMost_ns = 24 * 3600 * 1000 * kNsPerMs;
  const auto at_ns = parse_duration_ns(text);
  if (!at_ns) return tl::make_unexpected(at_ns.error());
  if (*at_ns > kMost_ns || *at_ns % kNsPerMs != 0)
    return fail(ErrorKind::usage, fmt::format("'{}' is not a whole number of milliseconds up to 24h", text),
                "write for example 5m or 90s");
  return *at_ns / kNsPerMs;
}
Done check_at_text(std::string_view text) {
  return parse_at(text).map([](std::int64_t) {});
}

constexpr std::string_view kDefaultTrack = "silverstone";
constexpr DocumentForm kTrackForm{&is_track_path, kTrackFileMost_bytes, &normalised_track};

const ContentOption kOptions[] = {
    {.name = "rate-hz",
     .metavar = "HZ",
     .kind = ValueKind::thousandths,
     .fallback = "100",
     .help = "Samples per second and car, 1 to 1000",
     .range = {1'000, 1'000'000},
     .common = true},
    {.name = "cars",
     .metavar = "N",
     .kind = ValueKind::whole,
     .fallback = "20",
     .help = "Number of cars",
     .range = {1, kMostCars},
     .common = true},
    {.name = "laps",
     .metavar = "N",
     .kind = ValueKind::whole,
     .fallback = "52",
     .help =
         "Number of laps. If given, a live run ends after the race; otherwise the next race follows, each "
         "as long as the rules of the sport have it on the circuit: least laps beyond 305 km, sprint 100",
     .range = {1, kMostLaps},
     .common = true},
    {.name = "session",
     .metavar = "KIND",
     .kind = ValueKind::choice,
     .fallback = "race",
     .help =
         "Kind of session; qualifying has three parts, practice is an hour of stints, a sprint is a third "
         "of a race without stops. A race begins as the qualifying of the same seed ended",
     .choices = kSessionNames,
     .common = true},
    {.name = "model",
     .metavar = "KIND",
     .kind = ValueKind::choice,
     .fallback = "full",
     .help = "full, or simple: cars that have only an id, a random speed and a location",
     .choices = kModelNames},
    {.name = "streams",
     .metavar = "LIST",
     .kind = ValueKind::list,
     .fallback = "telemetry",
     .help = "Streams to send, separated by commas: telemetry, checkpoints, laps, race-control, "
             "results",
     .effect = Effect::cut,
     .choices = kStreamNames,
     .common = true},
    {.name = "as",
     .metavar = "NAMES",
     .kind = ValueKind::choice,
     .fallback = "racesim",
     .help = "Column names of telemetry and laps: racesim's, Fast-F1's or OpenF1's",
     .effect = Effect::names,
     .choices = kRowNames},
    {.name = "track",
     .metavar = "TRACK",
     .kind = ValueKind::document,
     .fallback = kDefaultTrack,
     .help = "The circuit: the name of a built-in track, a .json file from 'racesim track import', or a .csv "
             "or .geojson file, which is imported each time",
     .suggest = &track_names,
     .check = &check_track_name,
     .document = &kTrackForm,
     .common = true},
    {.name = "altitude",
     .metavar = "METRES",
     .kind = ValueKind::text,
     .fallback = "",
     .help = "Height of the circuit above the sea, in place of the track's own; the air is thinner up there",
     .check = &check_altitude},
    {.name = "at",
     .metavar = "DURATION",
     .kind = ValueKind::text,
     .fallback = "0s",
     .help = "Begin so far into the first session, which began that long before the run; what lies before is "
             "not sent",
     .check = &check_at_text,
     .common = true},
};

const RowForm kRows[] = {
    {.schema = &schema_info<TelemetryRow>,
     .run = "run",
     .owner = "car",
     .seq = "seq",
     .entity = "car",
     .time = "time",
     .table = kTelemetryTable,
     .topic = kStreamTopics[0]},
    {.schema = &schema_info<CheckpointPassRow>,
     .run = "run",
     .owner = "car",
     .seq = "seq",
     .entity = "car",
     .time = "time",
     .table = kCheckpointTable,
     .topic = kStreamTopics[1]},
    {.schema = &schema_info<LapRow>,
     .run = "run",
     .owner = "car",
     .seq = "seq",
     .entity = "car",
     .time = "time",
     .table = kLapTable,
     .topic = kStreamTopics[2]},
    // A message may name a car, but all of them are one owner's.
    {.schema = &schema_info<RaceControlRow>,
     .run = "run",
     .seq = "seq",
     .time = "time",
     .table = kRaceControlTable,
     .topic = kStreamTopics[3]},
    {.schema = &schema_info<ResultRow>,
     .run = "run",
     .owner = "car",
     .seq = "seq",
     .entity = "car",
     .time = "time",
     .table = kResultTable,
     .topic = kStreamTopics[4]},
    {.schema = &schema_info<SimpleCarRow>,
     .run = "run",
     .owner = "id",
     .seq = "seq",
     .entity = "id",
     .time = "time",
     .table = kSimpleCarTable,
     .topic = kStreamTopics[0]},
    {.schema = &schema_info<FastF1TelemetryRow>,
     .owner = "DriverNumber",
     .entity = "DriverNumber",
     .time = "Date",
     .table = kFastF1TelemetryTable,
     .topic = kStreamTopics[0]},
    {.schema = &schema_info<FastF1LapRow>,
     .owner = "DriverNumber",
     .entity = "DriverNumber",
     .time = "Time",
     .table = kFastF1LapTable,
     .topic = kStreamTopics[2]},
    {.schema = &schema_info<OpenF1CarDataRow>,
     .owner = "driver_number",
     .entity = "driver_number",
     .time = "date",
     .table = kOpenF1CarDataTable,
     .topic = kStreamTopics[0]},
    {.schema = &schema_info<OpenF1LapRow>,
     .owner = "driver_number",
     .entity = "driver_number",
     .time = "date_start",
     .table = kOpenF1LapTable,
     .topic = kStreamTopics[2]},
};

constexpr ScenarioExample kExamples[] = {
    {"racesim run --historical --start-datetime 2026-07-05T14:00Z --end-datetime 2026-07-05T14:01Z -q | tail "
     "-n 1",
     "the last sample of a race's first minute: a car at speed"},
    {"racesim run --historical --start-datetime 2026-07-05T14:00Z --end-datetime 2026-07-05T17:00Z "
     "--sink file:events.ndjson --manifest run.json",
     "a whole race to a file, as fast as possible: 10 million events, 4.7 GB"},
    {"racesim run --historical --start-datetime 2026-07-05 --end-datetime 2026-07-06 --streams laps",
     "every lap of a day of races"},
    {"racesim run --live --at 5m --duration 10s --brokers localhost:9092 --create-topics",
     "ten seconds of a race to Kafka, as they happen, five minutes after it began; without --at its cars "
     "stand "
     "on the grid first"},
};

constexpr std::string_view kMasterEntities[] = {"drivers", "teams", "cars"};

/// What was chosen, as the place in the list of choices.
template <class Enum, std::size_t N>
Enum chosen(const std::array<std::string_view, N>& names, const std::string& name) {
  return static_cast<Enum>(std::find(names.begin(), names.end(), name) - names.begin());
}

/// Errors where the names know less than was asked for.
Done check_names(const RaceContent& content) {
  for (const Stream stream : content.streams)
    if (schema_of(stream, content.names) == nullptr)
      return fail(ErrorKind::usage,
                  fmt::format("--as {} does not support the stream '{}'",
                              kRowNames[static_cast<std::size_t>(content.names)],
                              kStreamNames[static_cast<std::size_t>(stream)]),
                  "use --streams telemetry,laps");
  return {};
}

/// Errors where the simple model has less than was asked for.
Done check_simple(const RaceContent& content, const OptionValues& values) {
  if (values.given_by("laps") == GivenBy::line)
    return fail(ErrorKind::usage, "--laps: simple cars drive until the run ends",
                "end it with --duration, --end-datetime or --volume");
  if (content.names != RowNames::racesim)
    return fail(ErrorKind::usage, "--as " + values.text("as") + ": the simple model has its own few columns",
                "leave out --as, or --model simple");
  if (content.streams.size() != 1 || content.streams[0] != Stream::telemetry)
    return fail(ErrorKind::usage, "--streams: the simple model has only telemetry", "leave out --streams");
  if (content.kind != SessionKind::race || content.sprint)
    return fail(ErrorKind::usage, "--session: the simple model has none", "leave out --session");
  return {};
}

const RaceContent& of_race(const ScenarioContent& content) {
  return static_cast<const RaceContent&>(content);
}

std::string track_identity(const Document& track) {
  if (track.text.empty()) return track.name;
  return "file:" + std::to_string(mix64(topic_hash(track.text)));
}

std::string_view session_name(const RaceContent& content) {
  return kSessionNames[content.sprint ? kSprintName : static_cast<std::size_t>(content.kind)];
}

/// Samples; the other streams add a few.
double event_rate(const ScenarioContent& content) {
  const RaceContent& race = of_race(content);
  return static_cast<double>(race.rate.mhz) / 1000 * race.cars;
}

std::string describe(const ScenarioContent& content) {
  const RaceContent& race = of_race(content);
  const std::string rate = format_thousandths(race.rate.mhz);
  const std::string from =
      race.at_ms == 0 ? "" : fmt::format(" from {} on", format_duration(race.at_ms * 1'000'000));
  if (race.simple)
    return fmt::format("{}, {} simple cars, {} updates a second and car{}", race.track.name, race.cars, rate,
                       from);
  const std::string length =
      race.kind == SessionKind::race ? fmt::format("{} laps", race.laps) : std::string(session_name(race));
  std::vector<std::string_view> streams;
  for (const Stream stream : race.streams) streams.push_back(kStreamNames[static_cast<std::size_t>(stream)]);
  return fmt::format("{}, {} cars, {}{}, {} samples a second and car: {}", race.track.name, race.cars, length,
                     from, rate, fmt::join(streams, ", "));
}

std::optional<Ending> ends(const ScenarioContent& content) {
  const RaceContent& race = of_race(content);
  if (!race.one_session) return std::nullopt;
  return Ending{std::string(session_name(race))};
}

Result<std::shared_ptr<const ScenarioContent>> read(const ContentInput& input) {
  return read_content(input).map([](RaceContent content) -> std::shared_ptr<const ScenarioContent> {
    return std::make_shared<RaceContent>(std::move(content));
  });
}

Result<std::unique_ptr<Scenario>> make(const ScenarioContent& content, const Frame& frame) {
  return make_scenario(of_race(content), frame);
}

/// The distance by the rules of the sport, where nobody gave another.
Done fill_laps(bool given, RaceContent& content) {
  content.laps_given = given;
  if (given || content.kind != SessionKind::race) return {};
  const auto track = track_of(content);
  if (!track) return tl::make_unexpected(track.error());
  content.laps = content.sprint ? sprint_laps(*track) : grand_prix_laps(*track);
  return {};
}

/// Built-in circuits as they stand in their files, with the licence.
std::string map_of(const ScenarioContent* content) {
  const RaceContent usual;
  const RaceContent& race = content == nullptr ? usual : of_race(*content);
  for (const EmbeddedFile& built_in : embedded_tracks())
    if (race.track.text.empty() && built_in.name == race.track.name) return std::string(built_in.text);
  return race.track.text;
}

}  // namespace

Result<RaceContent> read_content(const ContentInput& input) {
  const OptionValues& values = input.values;
  RaceContent content;
  content.rate = {values.thousandths("rate-hz")};
  content.cars = static_cast<std::uint32_t>(values.whole("cars"));
  content.laps = static_cast<std::uint32_t>(values.whole("laps"));
  content.sprint = values.text("session") == kSessionNames[kSprintName];
  if (!content.sprint) content.kind = chosen<SessionKind>(kSessionNames, values.text("session"));
  content.simple = values.text("model") == kModelNames[1];
  content.names = chosen<RowNames>(kRowNames, values.text("as"));
  content.one_session = input.live && !content.simple && values.given("laps");
  content.track = values.document("track");
  if (const std::string& altitude = values.text("altitude"); !altitude.empty())
    content.altitude_m = parse_altitude(altitude).value();  // checked with the other values
  content.at_ms = parse_at(values.text("at")).value();      // likewise
  content.streams.clear();
  for (const std::string& name : values.list("streams"))
    content.streams.push_back(chosen<Stream>(kStreamNames, name));
  std::sort(content.streams.begin(), content.streams.end());
  if (const Done ok = check_names(content); !ok) return tl::make_unexpected(ok.error());
  if (content.simple) {
    if (const Done ok = check_simple(content, values); !ok) return tl::make_unexpected(ok.error());
  } else if (const Done ok = fill_laps(values.given("laps"), content); !ok) {
    return tl::make_unexpected(ok.error());
  }
  return content;
}

std::string identity(const RaceContent& race) {
  const std::string at = race.at_ms == 0 ? "" : fmt::format("|at={}ms", race.at_ms);
  if (race.simple)
    return fmt::format("model=simple|rate={}mHz|track={}{}", race.rate.mhz, track_identity(race.track), at);
  return fmt::format("rate={}mHz|cars={}|session={}|laps={}|track={}{}{}", race.rate.mhz, race.cars,
                     session_name(race), race.laps, track_identity(race.track),
                     race.altitude_m ? fmt::format("|altitude={}m", *race.altitude_m) : "", at);
}

const ScenarioEntry& entry() {
  static const ScenarioEntry race{
      .name = "race",
      .summary = "Grands Prix: telemetry, timing and race control of every car",
      .version = 2,
      .options = kOptions,
      .volume = {.help = "the run ends after N events", .fallback = "no limit"},
      .rows = kRows,
      .master_entities = kMasterEntities,
      .topic = kStreamTopics[0],
      .slower_hint = "--rate-hz or --cars",
      .examples = kExamples,
      .questions = questions(),
      .read = &read,
      .make = &make,
      .laws = &make_laws,
      .identity = [](const ScenarioContent& content, const Frame&) { return identity(of_race(content)); },
      .ends = &ends,
      .event_rate = &event_rate,
      .describe = &describe,
      .map = &map_of,
  };
  return race;
}

}  // namespace racesim::race
