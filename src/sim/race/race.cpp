#include "sim/race/race.h"

#include <algorithm>

#include "sim/master/entities.h"
#include "sim/race/calendar.h"
#include "sim/race/plan/entries.h"
#include "sim/race/race_walk.h"
#include "sim/race/track/tracks.h"

namespace racesim::race {
namespace {

constexpr std::array<StreamInfo, kStreamCount> kStreams{{
    {kStreamNames[0], nullptr, "f1-telemetry"},
    {kStreamNames[1], nullptr, "f1-checkpoints"},
    {kStreamNames[2], nullptr, "f1-laps"},
    {kStreamNames[3], nullptr, "f1-race-control"},
}};

StreamInfo stream_info(std::size_t stream) {
  StreamInfo info = kStreams[stream];
  const std::array schemas{&schema_info<TelemetryRow>(), &schema_info<CheckpointPassRow>(),
                           &schema_info<LapRow>(), &schema_info<RaceControlRow>()};
  info.schema = schemas[stream];
  return info;
}

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
  for (const DrsZone& zone : track.drs_zones)
    zones.push_back({piece_of(zone.detection_m), piece_of(zone.begin_m), piece_of(zone.end_m)});
  return zones;
}

PlanInput plan_input(const ScenarioConfig& config, const Templates& templates, std::vector<Entry> entries) {
  const Track& track = templates.track();
  PlanInput input;
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

/// A power of two of milliseconds that holds about 16,000 samples, and at least one of each car.
int slice_shift(const RaceContent& race) {
  constexpr double kRows = 16'000;
  const double rows_per_ms = static_cast<double>(race.cars) * static_cast<double>(race.rate_mhz) / 1e6;
  int shift = 0;
  while (shift < 20 && rows_per_ms * static_cast<double>(2LL << shift) <= kRows) ++shift;
  return shift;
}

class RaceScenario final : public Scenario {
 public:
  RaceScenario(const ScenarioConfig& config, Track track, EntryList list,
               const std::vector<std::size_t>& streams)
      : track_(std::move(track)), templates_(track_, std::move(list.models), config.race.cars) {
    for (const Entry& entry : list.entries) drivers_.push_back(entry.driver);
    calendar_ = std::make_unique<Calendar>(plan_input(config, templates_, std::move(list.entries)),
                                           templates_, SampleRate{config.race.rate_mhz});
    context_.stream_index.fill(-1);
    for (const std::size_t stream : streams) {
      context_.stream_index[stream] = static_cast<int>(streams_.size());
      streams_.push_back(stream_info(stream));
    }
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
  }

  std::span<const StreamInfo> streams() const override { return streams_; }
  std::uint32_t shard_count() const override { return static_cast<std::uint32_t>(drivers_.size()); }
  std::uint64_t slice_count() const override {
    if (context_.end_ms == INT64_MAX) return UINT64_MAX;
    const std::int64_t span_ms = context_.end_ms - context_.start_ms;
    return static_cast<std::uint64_t>((span_ms - 1) >> context_.slice_shift) + 1;
  }
  Slice slice(std::uint64_t index) const override {
    const std::int64_t begin_ms =
        context_.start_ms + (static_cast<std::int64_t>(index) << context_.slice_shift);
    const std::int64_t end_ms =
        std::min(begin_ms + (std::int64_t{1} << context_.slice_shift), context_.end_ms);
    return {index, begin_ms * 1'000'000, end_ms * 1'000'000};
  }
  std::uint64_t planned_events() const override {
    if (context_.sessions != 1 || streams_.size() != 1 || context_.stream_index[0] != 0) return 0;
    return context_.rate.first_at(context_.end_ms - context_.start_ms) * drivers_.size();
  }
  std::unique_ptr<Walk> walk(ShardRange shards, std::uint64_t) const override {
    return std::make_unique<RaceWalk>(context_, shards);
  }

 private:
  Track track_;
  Templates templates_;
  std::vector<std::string> drivers_;
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
  const auto streams = wanted_streams(race.streams);
  if (!streams) return tl::make_unexpected(streams.error());
  auto track = find_track(race.track);
  if (!track) return tl::make_unexpected(track.error());
  auto list = entry_list(config);
  if (!list) return tl::make_unexpected(list.error());
  return std::make_unique<RaceScenario>(config, std::move(*track), std::move(*list), *streams);
}

std::string identity(const ScenarioConfig& config) {
  const RaceContent& race = config.race;
  return "rate=" + std::to_string(race.rate_mhz) + "mHz|cars=" + std::to_string(race.cars) +
         "|laps=" + std::to_string(race.laps) + "|track=" + race.track;
}

double live_rate(const ScenarioConfig& config) {
  return static_cast<double>(config.race.rate_mhz) / 1000 * config.race.cars;
}

}  // namespace racesim::race
