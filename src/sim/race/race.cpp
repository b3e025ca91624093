#include "sim/race/race.h"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "base/random.h"
#include "sim/master/entities.h"
#include "sim/race/calendar.h"
#include "sim/race/plan/entries.h"
#include "sim/race/race_walk.h"
#include "sim/race/simple/scenario.h"
#include "sim/race/track/tracks.h"

namespace racesim::race {
namespace {

constexpr std::array<StreamInfo, kStreamCount> kStreams{{
    {kStreamNames[0], nullptr, "f1-telemetry"},
    {kStreamNames[1], nullptr, "f1-checkpoints"},
    {kStreamNames[2], nullptr, "f1-laps"},
    {kStreamNames[3], nullptr, "f1-race-control"},
}};

/// All rows of one kind of built-in master data.
RowBatch built_in(std::unique_ptr<MasterGenerator> (*make)(const MasterPlan&), const MasterPlan& plan) {
  const auto generator = make(plan);
  RowBatch rows(generator->schema());
  generator->fill(0, generator->count(), rows);
  return rows;
}

Result<EntryList> entry_list(const ScenarioConfig& config) {
  const MasterTables& master = config.master;
  if (master.cars != nullptr)
    return read_entries(*master.drivers, *master.teams, *master.cars, config.race.cars);
  MasterPlan plan;
  plan.cars = std::max<std::uint64_t>(plan.cars, config.race.cars);
  const RowBatch drivers = built_in(&make_driver_generator, plan);
  const RowBatch teams = built_in(&make_team_generator, plan);
  const RowBatch cars = built_in(&make_car_generator, plan);
  return read_entries(drivers, teams, cars, config.race.cars);
}

/// DRS zones in pieces between checkpoints: a piece belongs to a zone that reaches into it.
std::vector<DrsPieces> drs_pieces(const Track& track) {
  const auto piece_of = [&](double s_m) {
    std::uint32_t k = 0;
    while (k + 1 < track.checkpoints.size() && track.checkpoints[k + 1].s_m <= s_m) ++k;
    return k;
  };
  std::vector<DrsPieces> zones;
  const auto last = static_cast<std::uint32_t>(track.checkpoints.size()) - 1;
  for (const DrsZone& zone : track.drs_zones) {
    const std::uint32_t detection = piece_of(zone.detection_m);
    if (zone.end_m >= zone.begin_m) {
      zones.push_back({detection, piece_of(zone.begin_m), piece_of(zone.end_m)});
      continue;
    }
    // Across the timing line: one zone before it and one behind, both won at the same place.
    zones.push_back({detection, piece_of(zone.begin_m), last});
    zones.push_back({detection, 0, piece_of(zone.end_m)});
  }
  return zones;
}

std::optional<SessionKind> session_kind(std::string_view name) {
  constexpr std::array kKinds{SessionKind::race, SessionKind::qualifying, SessionKind::practice};
  for (std::size_t i = 0; i < kSessionNames.size(); ++i)
    if (kSessionNames[i] == name) return kKinds[i];
  return std::nullopt;
}

PlanInput plan_input(const ScenarioConfig& config, const Templates& templates, std::vector<Entry> entries) {
  const Track& track = templates.track();
  PlanInput input;
  input.kind = *session_kind(config.race.session);
  input.seed = config.seed;
  input.laps = config.race.laps;
  input.entries = std::move(entries);
  input.sector_ends[0] = track.sector_ends[0];
  input.sector_ends[1] = track.sector_ends[1];
  input.piece_tables = templates.piece_tables();
  input.drs_zones = drs_pieces(track);
  input.pit_ways = templates.pit_ways();
  input.start_ways = templates.start_ways();
  input.fuel_per_lap_kg = templates.fuel_per_lap_kg();
  return input;
}

class RaceScenario final : public Scenario {
 public:
  RaceScenario(const ScenarioConfig& config, Track track, EntryList list,
               const std::vector<std::size_t>& streams, RowNames names)
      : track_(std::move(track)),
        templates_(track_, std::move(list.models), config.race.cars, *session_kind(config.race.session)) {
    for (const Entry& entry : list.entries) {
      numbers_.push_back(entry.car);
      drivers_.push_back(entry.driver);
      teams_.push_back(list.teams[entry.team]);
    }
    calendar_ = std::make_unique<Calendar>(plan_input(config, templates_, std::move(list.entries)),
                                           templates_, SampleRate{config.race.rate_mhz});
    context_.stream_index.fill(-1);
    for (const std::size_t stream : streams) {
      context_.stream_index[stream] = static_cast<int>(streams_.size());
      streams_.push_back(kStreams[stream]);
      streams_.back().schema = schema_of(static_cast<Stream>(stream), names);
    }
    context_.names = names;
    context_.run = config.run;
    context_.start_ms = config.start_ms;
    if (config.end_ms) context_.end_ms = *config.end_ms;
    if (config.race.one_session) {
      context_.sessions = 1;
      context_.end_ms = std::min(context_.end_ms, config.start_ms + calendar_->at(0).session->length_ms());
    }
    context_.slice_shift = slice_shift(config.race);
    context_.rate = {config.race.rate_mhz};
    context_.track = &track_;
    context_.calendar = calendar_.get();
    context_.drivers = &drivers_;
    context_.teams = &teams_;
    context_.trap_m = templates_.fastest_place_m();
  }

  std::span<const StreamInfo> streams() const override { return streams_; }
  std::uint32_t shard_count() const override { return static_cast<std::uint32_t>(drivers_.size()); }
  std::optional<std::uint32_t> shard_of(std::uint32_t owner) const override {
    if (owner == 0) return 0;  // race control
    const auto found = std::find(numbers_.begin(), numbers_.end(), owner);
    if (found == numbers_.end()) return std::nullopt;
    return static_cast<std::uint32_t>(found - numbers_.begin());
  }
  std::uint64_t slice_count() const override { return slices().count(); }
  Slice slice(std::uint64_t index) const override { return slices().at(index); }
  std::uint64_t planned_events() const override {
    if (context_.sessions != 1 || streams_.size() != 1 || context_.stream_index[0] != 0) return 0;
    return context_.rate.first_at(context_.end_ms - context_.start_ms) * drivers_.size();
  }
  /// Time since lights out and the first car's speed.
  std::string headline(std::int64_t event_time_ns) const override {
    // Nothing has been sent yet: before the start there is no session.
    const std::int64_t since_ms = std::max<std::int64_t>(0, event_time_ns / 1'000'000 - context_.start_ms);
    const std::int64_t period_ms = calendar_->period_ms();
    const auto session = calendar_->at(static_cast<std::uint64_t>(since_ms / period_ms)).session;
    const std::int64_t plan_ms = since_ms % period_ms - kGridWait_ms;
    const CarState state = state_at(session->timelines().at(0, plan_ms), plan_ms);
    char text[64];
    std::snprintf(text, sizeof text, "T=%.2f Speed=%.0f km/h", static_cast<double>(plan_ms) / 1000,
                  state.v_mps * 3.6);
    return text;
  }
  std::unique_ptr<Walk> walk(ShardRange shards, std::uint64_t) const override {
    return std::make_unique<RaceWalk>(context_, shards);
  }

 private:
  SliceGrid slices() const { return {context_.start_ms, context_.end_ms, context_.slice_shift}; }

  Track track_;
  Templates templates_;
  std::vector<std::uint32_t> numbers_;        ///< of the cars
  std::vector<std::string> drivers_, teams_;  ///< by car
  std::unique_ptr<Calendar> calendar_;
  std::vector<StreamInfo> streams_;
  RaceContext context_;
};

/// Numbers of the wanted streams, ascending.
Result<std::vector<std::size_t>> wanted_streams(const std::vector<std::string>& names) {
  const std::string hint = "choose from: --streams telemetry,checkpoints,laps,race-control";
  std::vector<std::size_t> found;
  for (const std::string& name : names) {
    const auto at = std::find(kStreamNames.begin(), kStreamNames.end(), name);
    if (at == kStreamNames.end()) return fail(ErrorKind::usage, "unknown stream '" + name + "'", hint);
    const auto stream = static_cast<std::size_t>(at - kStreamNames.begin());
    if (std::find(found.begin(), found.end(), stream) != found.end())
      return fail(ErrorKind::usage, "stream '" + name + "' is given twice", hint);
    found.push_back(stream);
  }
  if (found.empty()) return fail(ErrorKind::usage, "no stream is given", hint);
  std::sort(found.begin(), found.end());
  return found;
}

/// Errors where the model or the names know less than was asked for.
Result<RowNames> wanted_names(const RaceContent& race, const std::vector<std::size_t>& streams) {
  const auto names = row_names(race.names);
  if (!names)
    return fail(ErrorKind::usage, "unknown column names '" + race.names + "'",
                "choose: --as racesim, fastf1 or openf1");
  for (const std::size_t stream : streams)
    if (schema_of(static_cast<Stream>(stream), *names) == nullptr)
      return fail(
          ErrorKind::usage,
          "--as " + race.names + " has no names for the stream '" + std::string(kStreamNames[stream]) + "'",
          "it has them for: --streams telemetry,laps");
  if (race.model == kModelNames[0]) return *names;
  if (race.model != kModelNames[1])
    return fail(ErrorKind::usage, "unknown model '" + race.model + "'", "choose: --model full or simple");
  if (*names != RowNames::racesim)
    return fail(ErrorKind::usage, "--as " + race.names + ": the simple model has its own few columns",
                "leave out --as, or --model simple");
  if (streams.size() != 1 || streams[0] != 0)
    return fail(ErrorKind::usage, "--streams: the simple model has telemetry alone", "leave out --streams");
  if (race.session != kSessionNames[0])
    return fail(ErrorKind::usage, "--session: the simple model has none", "leave out --session");
  return *names;
}

/// A file counts by what it says, wherever it lies.
std::string track_identity(const RaceContent& race) {
  if (race.track_text.empty()) return race.track;
  return "file:" + std::to_string(mix64(topic_hash(race.track_text)));
}

}  // namespace

Result<std::unique_ptr<Scenario>> make_scenario(const ScenarioConfig& config) {
  const RaceContent& race = config.race;
  if (race.rate_mhz < 1'000 || race.rate_mhz > 1'000'000)
    return fail(ErrorKind::usage, "the rate of samples must lie between 1 and 1000 per second",
                "example: --rate-hz 100");
  if (race.cars < 1 || race.cars > kMostCars)
    return fail(ErrorKind::usage, "a race has 1 to " + std::to_string(kMostCars) + " cars",
                "example: --cars 20");
  if (race.laps < 1 || race.laps > 1000)
    return fail(ErrorKind::usage, "a race has 1 to 1000 laps", "example: --laps 52");
  if (!session_kind(race.session))
    return fail(ErrorKind::usage, "unknown session '" + race.session + "'",
                "choose: --session race, qualifying or practice");
  const auto streams = wanted_streams(race.streams);
  if (!streams) return tl::make_unexpected(streams.error());
  const auto names = wanted_names(race, *streams);
  if (!names) return tl::make_unexpected(names.error());
  auto track = race.track_text.empty() ? find_track(race.track) : read_track(race.track_text, race.track);
  if (!track) return tl::make_unexpected(track.error());
  if (race.model == kModelNames[1]) return simple::make_scenario(config, *track);
  auto list = entry_list(config);
  if (!list) return tl::make_unexpected(list.error());
  return std::make_unique<RaceScenario>(config, std::move(*track), std::move(*list), *streams, *names);
}

std::string identity(const ScenarioConfig& config) {
  const RaceContent& race = config.race;
  if (race.model == kModelNames[1])
    return "model=simple|rate=" + std::to_string(race.rate_mhz) + "mHz|track=" + track_identity(race);
  return "rate=" + std::to_string(race.rate_mhz) + "mHz|cars=" + std::to_string(race.cars) +
         "|session=" + race.session + "|laps=" + std::to_string(race.laps) + "|track=" + track_identity(race);
}

double live_rate(const ScenarioConfig& config) {
  return static_cast<double>(config.race.rate_mhz) / 1000 * config.race.cars;
}

}  // namespace racesim::race
