// Goal: what the laps stream tells beside times is what telemetry and race control show. Method: a whole race
// and a qualifying; speeds at the lines from the samples around them, the pit lane's moments from speed and
// place, flags from the messages, the best lap by comparing.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "support/race_world.h"

namespace racesim::race_test {
namespace {

constexpr double kLimitBegin_m = 5670, kLimitEnd_m = 280;

class RaceLapSights : public testing::TestWithParam<race::SessionKind> {
 protected:
  void SetUp() override {
    RaceConfig config = race_config(6, 24, 11);
    config.race.kind = GetParam();
    play(*make_race(config), out_);
  }

  std::map<std::pair<int, int>, std::vector<TelemetryRow>> samples_;  ///< by car and lap
  Listener out_{[this](const TelemetryRow& row) { samples_[{row.car, row.lap}].push_back(row); }};
};

TEST_P(RaceLapSights, AreThoseOfTelemetry) {
  std::size_t stops = 0;
  for (const auto& [car, rows] : out_.laps) {
    std::int64_t best_ms = INT64_MAX;
    for (const LapRow& row : rows) {
      const std::vector<TelemetryRow>& lap = samples_[{car, row.lap}];
      ASSERT_FALSE(lap.empty());
      const auto near = [&](std::int64_t session_ms, int dkmh, const char* what) {
        const auto at = std::lower_bound(
            lap.begin(), lap.end(), session_ms,
            [](const TelemetryRow& sample, std::int64_t ms) { return sample.session_time_ms < ms; });
        const TelemetryRow& sample = at == lap.end() ? lap.back() : *at;
        EXPECT_LE(std::abs(sample.speed_dkmh - dkmh), 25) << what << " car " << car << " lap " << row.lap;
      };
      near(row.session_time_ms - row.sector3_ms.value - row.sector2_ms.value, row.speed_s1_dkmh, "sector 1");
      near(row.session_time_ms - row.sector3_ms.value, row.speed_s2_dkmh, "sector 2");
      near(row.session_time_ms, row.speed_line_dkmh, "line");
      const auto fastest = std::max_element(
          lap.begin(), lap.end(),
          [](const TelemetryRow& a, const TelemetryRow& b) { return a.speed_dkmh < b.speed_dkmh; });
      EXPECT_LE(row.speed_trap_dkmh, fastest->speed_dkmh + 2);
      if (row.is_valid && !row.pit_in && !row.pit_out) {
        EXPECT_GE(row.speed_trap_dkmh, 1200);
      }
      // The lane.
      EXPECT_EQ(row.pit_in, row.pit_in_ms.has_value()) << "car " << car << " lap " << row.lap;
      if (row.pit_in_ms.has_value()) {
        ++stops;
        for (const TelemetryRow& sample : lap)
          if (sample.session_time_ms > row.pit_in_ms.value) {
            EXPECT_GE(sample.lap_distance_mm / 1e3, kLimitBegin_m - 0.01);
          }
      }
      if (row.pit_out_ms.has_value()) {
        for (const TelemetryRow& sample : lap)
          if (sample.session_time_ms < row.pit_out_ms.value) {
            EXPECT_TRUE(sample.lap_distance_mm / 1e3 <= kLimitEnd_m || row.lap == 1);
          }
      }
      // The best so far.
      const bool counts = row.is_valid && row.lap_time_ms.has_value() &&
                          (GetParam() == race::SessionKind::race || !row.pit_in);
      const bool best = counts && row.lap_time_ms.value < best_ms;
      EXPECT_EQ(row.is_best, best) << "car " << car << " lap " << row.lap;
      if (best) best_ms = row.lap_time_ms.value;
    }
  }
  EXPECT_GT(stops, 3U);
}

INSTANTIATE_TEST_SUITE_P(Sessions, RaceLapSights,
                         testing::Values(race::SessionKind::race, race::SessionKind::qualifying),
                         [](const auto& session) {
                           return std::string(race::kSessionNames[static_cast<std::size_t>(session.param)]);
                         });

/// Texts of a batch go with it: kept here as they come.
class StatusByLap final : public RowConsumer {
 public:
  void take(std::uint32_t, const RowBatch& rows) override {
    for (const LapRow& row : rows.rows<LapRow>())
      laps.push_back({row.start_time_ms, row.session_time_ms, std::string(rows.text(row.track_status))});
  }
  struct Lap {
    std::int64_t begin_ms, end_ms;
    std::string status;
  };
  std::vector<Lap> laps;
};

TEST(RaceTrackStatus, IsWhatRaceControlSays) {
  RaceConfig config = race_config(20, 52, 3);
  config.race.streams = {race::Stream::race_control};
  Listener control;
  play(*make_race(config), control);
  std::int64_t begin_ms = 0, end_ms = 0;
  for (const auto& [ms, text] : control.messages) {
    if (text == "SAFETY CAR DEPLOYED") begin_ms = ms;
    if (text == "TRACK CLEAR" && begin_ms > 0 && end_ms == 0) end_ms = ms;
  }
  ASSERT_GT(end_ms, begin_ms) << "this seed has a safety car";
  config.race.streams = {race::Stream::laps};
  StatusByLap timing;
  play(*make_race(config), timing);
  std::size_t behind = 0;
  for (const StatusByLap::Lap& lap : timing.laps) {
    EXPECT_FALSE(lap.status.empty());
    const bool met = lap.begin_ms < end_ms && lap.end_ms > begin_ms;
    EXPECT_EQ(lap.status.find('4') != std::string::npos, met) << lap.status;
    if (lap.begin_ms >= begin_ms && lap.end_ms <= end_ms) {
      EXPECT_EQ(lap.status, "4");
      ++behind;
    }
  }
  EXPECT_GT(behind, 40U);
}

}  // namespace
}  // namespace racesim::race_test
