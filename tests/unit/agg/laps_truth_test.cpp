// Goal: laps from telemetry alone are the simulator's own, to the millisecond: for every kind of session, at
// 100 samples a second and at lower rates, whole and with samples missing, on more than one circuit. Method:
// races in-process; the stream of laps is the reference, its rows compared one by one.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "model/aggregates/lap.h"
#include "unit/agg/timing_world.h"

namespace racesim::timing_test {
namespace {

using race_test::RaceConfig;

struct TruthCase {
  std::string name;
  race::SessionKind kind = race::SessionKind::race;
  std::uint32_t cars = 20, laps = 5;
  std::uint64_t rate_mhz = 100'000, drop_permille = 0, seed = 42;
  bool town = false, sprint = false;
};

void PrintTo(const TruthCase& truth, std::ostream* out) {
  *out << truth.name;
}

class LapTruth : public testing::TestWithParam<TruthCase> {};

std::map<LapKey, LapMetricsRow> lap_results(const RowBatch& results) {
  std::map<LapKey, LapMetricsRow> found;
  for (const auto& row : results.rows<LapMetricsRow>()) {
    const bool fresh = found.emplace(LapKey{row.session, row.car, row.lap}, row).second;
    EXPECT_TRUE(fresh) << "car " << row.car << " lap " << row.lap << " is given out twice";
  }
  return found;
}

TEST_P(LapTruth, IsTheSimulatorsToTheMillisecond) {
  const TruthCase& truth = GetParam();
  RaceConfig config = race_test::race_config(truth.cars, truth.laps, truth.seed);
  config.race.kind = truth.kind;
  config.race.sprint = truth.sprint;
  config.race.rate = {truth.rate_mhz};
  config.race.streams = {race::Stream::telemetry, race::Stream::laps};
  if (truth.town) config.race.track = town_circuit();
  OneAggregation laps("lap");
  Feed feed(laps, truth.drop_permille);
  race_test::play(*race_test::make_race(config), feed);
  laps.finish();

  const auto found = lap_results(laps.results());
  std::map<LapKey, std::uint64_t> samples;
  for (const Feed::Counted& sample : feed.samples) ++samples[{sample.session, sample.car, sample.lap}];
  std::size_t whole = 0, interpolated = 0;
  for (const auto& [key, lap] : feed.laps) {
    const auto at = found.find(key);
    const std::string which =
        "car " + std::to_string(std::get<1>(key)) + " lap " + std::to_string(std::get<2>(key));
    ASSERT_NE(at, found.end()) << which;
    const LapMetricsRow& row = at->second;
    EXPECT_EQ(row.samples, samples[key]) << which;
    const bool from_box = truth.kind != race::SessionKind::race && lap.pit_out;
    EXPECT_EQ(lap.lap_time_ms.has_value(), !from_box) << which;
    whole += row.is_complete ? 1 : 0;
    interpolated += row.is_interpolated ? 1 : 0;
    EXPECT_EQ(row.is_complete, !from_box) << which;
    EXPECT_EQ(row.time.ms, lap.time.ms) << which;
    EXPECT_EQ(row.lap_time_ms.has_value(), !from_box) << which;
    EXPECT_EQ(row.sector1_ms.has_value(), !from_box) << which;
    if (!from_box) {
      EXPECT_EQ(row.lap_time_ms.value, lap.lap_time_ms.value) << which;
      EXPECT_EQ(row.sector1_ms.value, lap.sector1_ms.value) << which;
    }
    EXPECT_EQ(row.sector2_ms.value, lap.sector2_ms.value) << which;
    EXPECT_EQ(row.sector3_ms.value, lap.sector3_ms.value) << which;
    EXPECT_EQ(static_cast<int>(row.tyre), static_cast<int>(lap.tyre)) << which;
    EXPECT_EQ(row.tyre_age_laps.value, lap.tyre_age_laps) << which;
    if (truth.drop_permille == 0) {
      EXPECT_EQ(row.missing_samples, 0U) << which;
    }
  }
  EXPECT_GT(whole, feed.laps.size() * (truth.kind == race::SessionKind::race ? 3 : 2) / 4);
  EXPECT_EQ(interpolated > 0, truth.drop_permille > 0);
  for (const auto& [key, row] : found)
    EXPECT_TRUE(feed.laps.count(key) == 1 || !row.is_complete) << "lap " << row.lap << " of car " << row.car;
}

INSTANTIATE_TEST_SUITE_P(
    Sessions, LapTruth,
    testing::Values(
        TruthCase{.name = "race"}, TruthCase{.name = "race_dropped", .drop_permille = 10, .seed = 7},
        TruthCase{.name = "race_long", .cars = 8, .laps = 30, .seed = 3},
        TruthCase{.name = "race_red_flag", .cars = 8, .laps = 12, .rate_mhz = 20'000, .seed = 7},
        TruthCase{.name = "race_red_flag_at_10_hz", .cars = 8, .laps = 12, .rate_mhz = 10'000, .seed = 7},
        TruthCase{.name = "three_cars_at_20_hz", .cars = 3, .laps = 6, .rate_mhz = 20'000},
        TruthCase{.name = "sprint", .laps = 6, .rate_mhz = 20'000, .drop_permille = 10, .sprint = true},
        TruthCase{.name = "qualifying", .kind = race::SessionKind::qualifying, .cars = 12},
        TruthCase{.name = "qualifying_dropped",
                  .kind = race::SessionKind::qualifying,
                  .drop_permille = 10,
                  .seed = 8},
        TruthCase{.name = "qualifying_at_10_hz",
                  .kind = race::SessionKind::qualifying,
                  .rate_mhz = 10'000,
                  .drop_permille = 10,
                  .seed = 3},
        TruthCase{.name = "practice", .kind = race::SessionKind::practice, .cars = 6, .seed = 4},
        TruthCase{
            .name = "practice_dropped", .kind = race::SessionKind::practice, .cars = 6, .drop_permille = 10},
        TruthCase{.name = "practice_at_20_hz",
                  .kind = race::SessionKind::practice,
                  .cars = 8,
                  .rate_mhz = 20'000,
                  .drop_permille = 10,
                  .seed = 6},
        TruthCase{.name = "town", .cars = 12, .laps = 8, .drop_permille = 10, .town = true},
        TruthCase{.name = "town_qualifying", .kind = race::SessionKind::qualifying, .cars = 10, .town = true},
        TruthCase{.name = "at_1000_hz", .cars = 4, .laps = 2, .rate_mhz = 1'000'000, .drop_permille = 150},
        TruthCase{.name = "at_10_hz", .laps = 40, .rate_mhz = 10'000, .seed = 9},
        TruthCase{
            .name = "at_10_hz_dropped", .laps = 40, .rate_mhz = 10'000, .drop_permille = 10, .seed = 5}),
    [](const auto& truth) { return truth.param.name; });

/// How far lap times are off, in ascending order, of a race with few samples a second.
std::vector<std::int64_t> off_ms(std::uint64_t rate_mhz) {
  RaceConfig config = race_test::race_config(20, 15, 7);
  config.race.rate = {rate_mhz};
  config.race.streams = {race::Stream::telemetry, race::Stream::laps};
  OneAggregation laps("lap");
  Feed feed(laps);
  race_test::play(*race_test::make_race(config), feed);
  laps.finish();
  std::vector<std::int64_t> off;
  for (const auto& [key, row] : lap_results(laps.results())) {
    EXPECT_FALSE(row.sector2_ms.has_value()) << "bounded by samples that are too far apart";
    if (const auto at = feed.laps.find(key); at != feed.laps.end() && row.lap_time_ms.has_value())
      off.push_back(std::abs(row.lap_time_ms.value - at->second.lap_time_ms.value));
  }
  EXPECT_GT(off.size(), 200U);
  std::sort(off.begin(), off.end());
  return off;
}

TEST(LapTruthAtLowRates, IsAMatterOfMilliseconds) {
  const std::vector<std::int64_t> at_5_hz = off_ms(5'000), at_2_hz = off_ms(2'000), at_1_hz = off_ms(1'000);
  EXPECT_EQ(at_5_hz[at_5_hz.size() * 9 / 10], 0);
  EXPECT_LE(at_5_hz.back(), 2);
  EXPECT_LE(at_2_hz[at_2_hz.size() * 9 / 10], 4);
  EXPECT_LE(at_1_hz[at_1_hz.size() * 9 / 10], 25);
}

}  // namespace
}  // namespace racesim::timing_test
