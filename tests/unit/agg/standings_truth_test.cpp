// Goal: in a race positions, gaps and times at the timing lines are those that the simulator itself has; in
// qualifying places go by best laps. Method: sessions in-process; the streams of checkpoints and laps are the
// reference, compared row by row; the rank of best laps is computed anew from all laps before.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "model/aggregates/standings.h"
#include "unit/agg/timing_world.h"

namespace racesim::timing_test {
namespace {

using PassingKey = std::tuple<int, int, int>;  ///< session, car, passing

std::map<PassingKey, StandingsRow> standings_results(const RowBatch& results) {
  std::map<PassingKey, StandingsRow> found;
  for (const auto& row : results.rows<StandingsRow>())
    found[{row.session, row.car, static_cast<int>(row.passing)}] = row;
  return found;
}

struct StandingsCase {
  std::string name;
  std::uint32_t cars = 20, laps = 6;
  std::uint64_t rate_mhz = 100'000, drop_permille = 0, seed = 42;
  Emit emit = Emit::final;
  bool gives_up = false;  ///< a car does so at a line
};

void PrintTo(const StandingsCase& c, std::ostream* out) {
  *out << c.name;
}

class StandingsTruth : public testing::TestWithParam<StandingsCase> {};

TEST_P(StandingsTruth, OfARaceIsTheSimulators) {
  const StandingsCase& c = GetParam();
  race_test::RaceConfig config = race_test::race_config(c.cars, c.laps, c.seed);
  config.race.rate = {c.rate_mhz};
  config.race.streams = {race::Stream::telemetry, race::Stream::checkpoints, race::Stream::laps};
  OneAggregation standings("standings", c.emit);
  Feed feed(standings, c.drop_permille);
  race_test::play(*race_test::make_race(config), feed);
  standings.finish();

  if (c.emit == Emit::final) {
    std::set<PassingKey> keys;
    for (const auto& row : standings.results().rows<StandingsRow>())
      EXPECT_TRUE(keys.insert({row.session, row.car, static_cast<int>(row.passing)}).second);
  }
  const auto found = standings_results(standings.results());
  // The gap at a line is that to whoever was first there of those who still run, be he overtaken since.
  std::map<std::tuple<int, int, int>, std::vector<CheckpointPassRow>> at_line;
  for (const CheckpointPassRow& pass : feed.passes)
    at_line[{pass.session, pass.lap, pass.sector}].push_back(pass);
  const std::int64_t spacing_ms = 1'000'000 / static_cast<std::int64_t>(c.rate_mhz);
  const auto first_ms = [&](const CheckpointPassRow& by) {
    std::int64_t first = by.time.ms;
    for (const CheckpointPassRow& pass : at_line.at({by.session, by.lap, by.sector})) {
      const auto out = feed.out_ms.find({pass.session, pass.car});
      const bool gone =
          out != feed.out_ms.end() && (out->second <= by.time.ms || out->second - pass.time.ms < spacing_ms);
      if (!gone) first = std::min(first, pass.time.ms);
    }
    return first;
  };
  std::size_t lines = 0, stops = 0;
  std::map<int, std::int64_t> best_ms;
  for (const CheckpointPassRow& pass : feed.passes) {
    if (pass.sector == 0) continue;
    ++lines;
    const std::string which = "car " + std::to_string(pass.car) + " lap " + std::to_string(pass.lap) +
                              " sector " + std::to_string(pass.sector);
    const auto at = found.find({pass.session, pass.car, 3 * (pass.lap - 1) + pass.sector});
    ASSERT_NE(at, found.end()) << which;
    const StandingsRow& row = at->second;
    EXPECT_EQ(row.lap, pass.lap) << which;
    EXPECT_EQ(row.sector, pass.sector) << which;
    EXPECT_EQ(row.time.ms, pass.time.ms) << which;
    EXPECT_EQ(row.ranked_by, RankedBy::line) << which;
    EXPECT_EQ(row.position, pass.position) << which;
    EXPECT_EQ(row.gap_ms.value, pass.time.ms - first_ms(pass)) << which;
    EXPECT_EQ(row.laps, pass.sector == 3 ? pass.lap : pass.lap - 1) << which;
    EXPECT_EQ(row.position == 1, row.interval_ms.value == 0) << which;
    if (pass.sector != 3) continue;
    const LapRow& lap = feed.laps.at({pass.session, pass.car, pass.lap});
    std::int64_t& best = best_ms.try_emplace(pass.car, lap.lap_time_ms.value).first->second;
    best = std::min<std::int64_t>(best, lap.lap_time_ms.value);
    EXPECT_EQ(row.last_lap_ms.value, lap.lap_time_ms.value) << which;
    EXPECT_EQ(row.best_lap_ms.value, best) << which;
    stops += row.pit_stops;
  }
  EXPECT_EQ(lines, found.size());
  EXPECT_GT(lines, c.laps * c.cars * 2U);
  if (c.gives_up) {
    EXPECT_TRUE(std::any_of(feed.passes.begin(), feed.passes.end(), [&](const CheckpointPassRow& pass) {
      const auto out = feed.out_ms.find({pass.session, pass.car});
      return pass.sector > 0 && out != feed.out_ms.end() && out->second - pass.time.ms < spacing_ms;
    })) << "nobody gives up at a line";
  }
  if (c.laps > 20) {
    EXPECT_GT(stops, 0U);
  }
}

StandingsCase long_race(std::uint64_t seed) {
  return {.name = "long_" + std::to_string(seed),
          .cars = 12,
          .laps = 30,
          .rate_mhz = 50'000,
          .seed = seed,
          .gives_up = seed != 12};
}

INSTANTIATE_TEST_SUITE_P(
    Races, StandingsTruth,
    testing::Values(StandingsCase{.name = "whole"},
                    StandingsCase{.name = "red_flag", .cars = 8, .laps = 12, .rate_mhz = 20'000, .seed = 7},
                    StandingsCase{.name = "dropped", .drop_permille = 10, .seed = 7}, long_race(3),
                    long_race(5), long_race(9), long_race(12),
                    StandingsCase{
                        .name = "updated", .laps = 4, .drop_permille = 10, .seed = 11, .emit = Emit::update}),
    [](const auto& c) { return c.param.name; });

/// The last row of each car at the timing line has the stops that the stints of the laps show.
TEST(StandingsStops, AreTheStintsOfTheLaps) {
  race_test::RaceConfig config = race_test::race_config(20, 30, 8);
  config.race.rate = {10'000};
  config.race.streams = {race::Stream::telemetry, race::Stream::laps};
  OneAggregation standings("standings");
  Feed feed(standings);
  race_test::play(*race_test::make_race(config), feed);
  standings.finish();
  std::size_t stopped = 0, compared = 0;
  for (const auto& [key, row] : standings_results(standings.results())) {
    const auto lap = feed.laps.find({row.session, row.car, row.lap + 1});
    // The next lap's stint tells of a stop on either side of the line.
    if (row.sector != 1 || lap == feed.laps.end() || lap->second.pit_in) continue;
    const LapRow& now = feed.laps.at({row.session, row.car, row.lap});
    if (now.pit_in) continue;
    ++compared;
    stopped += row.pit_stops;
    EXPECT_EQ(row.pit_stops, now.stint - 1) << "car " << row.car << " lap " << row.lap;
  }
  EXPECT_GT(compared, 300U);
  EXPECT_GT(stopped, 50U);
}

TEST(StandingsTimed, OfQualifyingGoByBestLaps) {
  race_test::RaceConfig config = race_test::race_config(12, 1, 5);
  config.race.kind = race::SessionKind::qualifying;
  config.race.streams = {race::Stream::telemetry, race::Stream::laps};
  OneAggregation standings("standings");
  Feed feed(standings, 10);
  race_test::play(*race_test::make_race(config), feed);
  standings.finish();
  std::size_t ranked = 0;
  for (const auto& [key, row] : standings_results(standings.results())) {
    EXPECT_EQ(row.ranked_by, RankedBy::best_lap);
    if (row.sector != 3) continue;
    const LapRow& ended = feed.laps.at({row.session, row.car, row.lap});
    EXPECT_EQ(row.last_lap_ms.has_value(), ended.lap_time_ms.has_value()) << "lap " << row.lap;
    if (row.last_lap_ms.has_value()) {
      EXPECT_EQ(row.last_lap_ms.value, ended.lap_time_ms.value) << "lap " << row.lap;
    }
    // (lap time, set when, car) of everybody's best lap by then.
    std::map<int, std::tuple<std::int64_t, std::int64_t, int>> bests;
    for (const auto& [lap_key, lap] : feed.laps) {
      if (lap.time.ms > row.time.ms || lap.pit_in || lap.pit_out) continue;
      const std::tuple mine{std::int64_t{lap.lap_time_ms.value}, lap.time.ms, int{lap.car}};
      const auto at = bests.try_emplace(lap.car, mine).first;
      at->second = std::min(at->second, mine);
    }
    const auto mine = bests.find(row.car);
    if (mine == bests.end()) {
      EXPECT_FALSE(row.gap_ms.has_value());
      EXPECT_GT(row.position, bests.size());
      continue;
    }
    ++ranked;
    std::size_t position = 1;
    std::int64_t first_ms = INT64_MAX;
    for (const auto& [car, best] : bests) {
      position += best < mine->second ? 1 : 0;
      first_ms = std::min(first_ms, std::get<0>(best));
    }
    EXPECT_EQ(row.position, position) << "car " << row.car << " lap " << row.lap;
    EXPECT_EQ(row.gap_ms.value, std::get<0>(mine->second) - first_ms);
    EXPECT_EQ(row.best_lap_ms.value, std::get<0>(mine->second));
  }
  EXPECT_GT(ranked, 50U);
}

}  // namespace
}  // namespace racesim::timing_test
