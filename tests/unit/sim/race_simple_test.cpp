// Goal: the plain cars of --model simple: their speed is random, bounded and smooth, their location follows
// from it, checkpoints are passed in order at their places, and updates come at fixed intervals. Method: cars
// of several seeds sampled at 100 Hz; the integral of the speed against the distance; rows of a scenario.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "model/race_simple.h"
#include "sim/race/race.h"
#include "sim/race/simple/car.h"
#include "sim/race/simple/circuit.h"
#include "sim/race/track/tracks.h"

namespace racesim::race::simple {
namespace {

constexpr double kStep_s = 0.01;
constexpr int kSteps = 60'000;  // ten minutes

TEST(RaceSimpleCar, HasAnId) {
  EXPECT_EQ(Car(42, 1, 0).id(), "car-1");
  EXPECT_EQ(Car(42, 20, 0).id(), "car-20");
}

TEST(RaceSimpleCar, SpeedsAreRandomWithinTheirBounds) {
  double low = 1e9, high = 0, sum = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Car car(seed, 1, 0);
    for (int i = 0; i < kSteps; ++i) {
      const double speed_kmh = car.speed_kmh(i * kStep_s);
      low = std::min(low, speed_kmh);
      high = std::max(high, speed_kmh);
      sum += speed_kmh;
    }
  }
  EXPECT_GE(low, Car::kSlowest_kmh);
  EXPECT_LE(high, Car::kFastest_kmh);
  EXPECT_LT(low, 140);
  EXPECT_GT(high, 280);
  EXPECT_NEAR(sum / (10.0 * kSteps), 210, 6);
}

TEST(RaceSimpleCar, TheSpeedIsDrawnAnewEveryInterval) {
  const Car car(42, 1, 0);
  std::set<long> speeds;
  for (int i = 0; i < 1000; ++i) speeds.insert(std::lround(car.speed_kmh(i * Car::kInterval_s) * 1e6));
  EXPECT_EQ(speeds.size(), 1000U);
}

TEST(RaceSimpleCar, SeedAndNumberDecide) {
  EXPECT_EQ(Car(42, 1, 0).speed_kmh(17.3), Car(42, 1, 0).speed_kmh(17.3));
  EXPECT_NE(Car(42, 1, 0).speed_kmh(17.3), Car(43, 1, 0).speed_kmh(17.3));
  EXPECT_NE(Car(42, 1, 0).speed_kmh(17.3), Car(42, 2, 0).speed_kmh(17.3));
}

TEST(RaceSimpleCar, TheLocationFollowsFromTheSpeed) {
  const Car car(7, 3, -24);
  EXPECT_DOUBLE_EQ(car.distance_m(0), -24);
  double driven_m = -24;
  for (int i = 0; i < kSteps; ++i) {
    const double before_mps = car.speed_kmh(i * kStep_s) / 3.6,
                 after_mps = car.speed_kmh((i + 1) * kStep_s) / 3.6;
    EXPECT_LT(std::abs(after_mps - before_mps), 0.5) << "no jump of the speed at " << i * kStep_s << " s";
    driven_m += (before_mps + after_mps) / 2 * kStep_s;
  }
  EXPECT_NEAR(car.distance_m(kSteps * kStep_s), driven_m, 0.01);
}

class RaceSimpleCircuit : public testing::Test {
 protected:
  Circuit circuit_{find_track("silverstone").value()};
};

TEST_F(RaceSimpleCircuit, CheckpointsHaveIdsNamesAndPlaces) {
  const std::vector<Checkpoint>& points = circuit_.checkpoints();
  ASSERT_GE(points.size(), 12U);
  for (std::size_t i = 0; i < points.size(); ++i) {
    EXPECT_EQ(points[i].id, i);
    EXPECT_FALSE(points[i].name.empty());
    const Location there = circuit_.at(points[i].lap_m);
    EXPECT_EQ(there.latitude_udeg, points[i].location.latitude_udeg);
    EXPECT_EQ(circuit_.passed(points[i].lap_m).id, i);
    EXPECT_EQ(circuit_.passed(points[i].lap_m + 0.01).id, i);
  }
  EXPECT_EQ(circuit_.passed(circuit_.lap_m() - 0.01).id, points.back().id);
}

TEST_F(RaceSimpleCircuit, LapsGoRound) {
  EXPECT_NEAR(circuit_.on_lap_m(circuit_.lap_m() * 3 + 12), 12, 1e-6);
  EXPECT_NEAR(circuit_.on_lap_m(-5), circuit_.lap_m() - 5, 1e-9);
  EXPECT_EQ(circuit_.on_lap_m(0), 0);
  const Location begin = circuit_.at(0), end = circuit_.at(circuit_.lap_m());
  EXPECT_NEAR(begin.x_m, end.x_m, 1e-6);
  EXPECT_NEAR(begin.y_m, end.y_m, 1e-6);
}

TEST_F(RaceSimpleCircuit, ACarPassesTheCheckpointsInOrder) {
  const Car car(42, 1, -8);
  std::uint32_t last = circuit_.passed(circuit_.on_lap_m(car.distance_m(0))).id;
  EXPECT_EQ(last, circuit_.checkpoints().back().id) << "it starts before the line";
  std::size_t passes = 0;
  for (int i = 1; i < kSteps; ++i) {
    const std::uint32_t now = circuit_.passed(circuit_.on_lap_m(car.distance_m(i * kStep_s))).id;
    if (now == last) continue;
    EXPECT_EQ(now, (last + 1) % circuit_.checkpoints().size());
    last = now;
    ++passes;
  }
  EXPECT_GT(passes, 5 * circuit_.checkpoints().size());
}

/// Keeps all rows.
class Keeper final : public RowConsumer {
 public:
  void take(std::uint32_t, const RowBatch& batch) override {
    for (const SimpleCarRow& row : batch.rows<SimpleCarRow>()) {
      rows.push_back(row);
      ids.emplace_back(batch.text(row.id));
    }
  }
  std::vector<SimpleCarRow> rows;
  std::vector<std::string> ids;
};

TEST(RaceSimpleScenario, UpdatesComeAtFixedIntervals) {
  RaceContent content;
  Frame frame;
  content.simple = true;
  content.cars = 3;
  content.rate.mhz = 4000;
  frame.start_ms = 1'000'000;
  frame.end_ms = 1'010'000;
  const auto scenario = race::make_scenario(content, frame).value();
  EXPECT_EQ(scenario->outlook().planned_events(), 120U);
  Keeper keeper;
  const auto walk = scenario->walk({0, scenario->shard_count()}, 0);
  for (std::uint64_t i = 0; i < scenario->slices().count(); ++i) walk->fill(i, keeper);
  ASSERT_EQ(keeper.rows.size(), 120U);
  for (std::size_t i = 0; i < keeper.rows.size(); ++i) {
    EXPECT_EQ(keeper.ids[i], "car-" + std::to_string(i % 3 + 1));
    EXPECT_EQ(keeper.rows[i].seq, i / 3);
    EXPECT_EQ(keeper.rows[i].time.ms, 1'000'000 + static_cast<std::int64_t>(i / 3) * 250);
  }
}

}  // namespace
}  // namespace racesim::race::simple
