// Goal: circuits of every kind that people race on import and give believable laps and races. Method: nine
// made-up ones (a street circuit with hairpins, an oval, a long and a short one, one with a bridge, narrow,
// coarse, the other way round, begun within a bend) through import, a fast lap, and a planned and rendered
// race.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sim/race/render/fast_lap.h"
#include "sim/race/render/templates.h"
#include "sim/race/session.h"
#include "sim/race/track/import/import.h"
#include "sim/race/track/track_file.h"
#include "support/circuit_shapes.h"
#include "support/race_plan_world.h"

namespace racesim::race {
namespace {

using track_test::CircuitShape;

class RaceTrackCircuits : public testing::TestWithParam<CircuitShape> {
 protected:
  void SetUp() override {
    Result<Track> made = import_track(track_test::csv(GetParam()), GetParam().name);
    ASSERT_TRUE(made) << made.error().what;
    track_ = std::move(*made);
  }
  Track track_;
};

void expect_a_closed_line(const Path& line) {
  double greatest_step = 0;
  for (std::size_t i = 0; i + 1 < line.s_m.size(); ++i) {
    ASSERT_TRUE(std::isfinite(line.x_m[i]) && std::isfinite(line.y_m[i]) &&
                std::isfinite(line.curvature_1pm[i]));
    greatest_step = std::max(greatest_step, std::abs(line.curvature_1pm[i + 1] - line.curvature_1pm[i]));
  }
  EXPECT_LT(greatest_step, 0.01);
  EXPECT_NEAR(line.x_m.front(), line.x_m.back(), 1e-6);
  EXPECT_NEAR(line.y_m.front(), line.y_m.back(), 1e-6);
}

void expect_a_race(const Track& track, double fast_lap_s) {
  const Templates templates(track, {CarModel{}}, 20, SessionKind::race);
  PlanInput input;
  input.laps = 4;
  input.entries = world_entries(7, 20);
  input.sector_ends[0] = track.sector_ends[0];
  input.sector_ends[1] = track.sector_ends[1];
  input.piece_tables = templates.piece_tables();
  input.pit_ways = templates.pit_ways();
  input.start_ways = templates.start_ways();
  input.fuel_per_lap_kg = templates.fuel_per_lap_kg();
  const Session session(input, templates);
  std::vector<double> laps_s;
  for (const CarPlan& car : session.plan().cars)
    for (std::size_t lap = 1; lap < car.laps.size(); ++lap)
      laps_s.push_back(static_cast<double>(car.laps[lap].end_ms - car.laps[lap].begin_ms) / 1e3);
  ASSERT_GT(laps_s.size(), 40U);
  std::sort(laps_s.begin(), laps_s.end());
  EXPECT_GT(laps_s.front(), fast_lap_s);
  EXPECT_LT(laps_s[laps_s.size() / 2], 1.12 * fast_lap_s);
  for (std::uint32_t car = 0; car < 20; car += 7) {
    double last_mps = -1;
    for (std::int64_t ms = 0; ms < session.timelines().end_ms(); ms += 100) {
      const CarState state = state_at(session.timelines().at(car, ms), ms);
      ASSERT_TRUE(std::isfinite(state.s_m) && state.v_mps >= 0 && state.v_mps < 105) << car << " at " << ms;
      // 0.1 s of braking or of acceleration.
      if (last_mps >= 0) {
        ASSERT_LT(std::abs(state.v_mps - last_mps), 6) << car << " at " << ms;
      }
      last_mps = state.v_mps;
    }
  }
}

TEST_P(RaceTrackCircuits, GiveBelievableLapsAndRaces) {
  const CircuitShape& shape = GetParam();
  ASSERT_TRUE(check_track(track_, shape.name));
  // Corners are smoothed, which cuts hairpins by some centimetres of a radius.
  EXPECT_NEAR(track_.length_m, track_test::length_m(shape), 0.006 * track_.length_m);
  EXPECT_NEAR(track_.points.front().x_m, 0, 3) << "begins near the first point";
  const FastLap lap = drive_fast_lap(track_);
  expect_a_closed_line(lap.line);
  double top_kmh = 0, slowest_kmh = 1000;
  for (const Template::Sample& sample : lap.drive.samples) {
    top_kmh = std::max(top_kmh, static_cast<double>(sample.v_mps) * 3.6);
    slowest_kmh = std::min(slowest_kmh, static_cast<double>(sample.v_mps) * 3.6);
  }
  const double mean_kmh = lap.line.length_m() / lap.drive.duration_s * 3.6;
  const bool oval = shape.name == "Oval";
  EXPECT_GT(mean_kmh, oval ? 290 : 150);
  EXPECT_LT(mean_kmh, oval ? 340 : 270);
  EXPECT_GT(top_kmh, 250);
  EXPECT_LT(top_kmh, 360);
  EXPECT_GT(slowest_kmh, 45);
  expect_a_race(track_, lap.drive.duration_s);
}

INSTANTIATE_TEST_SUITE_P(Shapes, RaceTrackCircuits, testing::ValuesIn(track_test::circuit_shapes()),
                         [](const auto& shape) { return shape.param.name; });

TEST(RaceTrackCircuitsPair, TheOtherWayRoundTakesAsLong) {
  const auto lap_s = [](const char* name) {
    for (const CircuitShape& shape : track_test::circuit_shapes())
      if (shape.name == name) {
        const auto track = import_track(track_test::csv(shape), name);
        return track ? drive_fast_lap(*track).drive.duration_s : 0.0;
      }
    return 0.0;
  };
  const double one_s = lap_s("RoadCourse"), other_s = lap_s("TheOtherWayRound");
  EXPECT_GT(one_s, 60);
  EXPECT_NEAR(one_s, other_s, 0.01 * one_s);
}

}  // namespace
}  // namespace racesim::race
