// Goal: the speed profile is what grip, power and brakes allow, and no more. Method: paths of straights and
// arcs whose speeds are known, and the limits checked cell by cell.
#include "sim/race/car/speed_profile.h"

#include <gtest/gtest.h>

#include "sim/race/car/gearbox.h"
#include "support/race_paths.h"

namespace racesim::race {
namespace {

using race_test::lap;
using race_test::path_of;
using race_test::straight;

std::vector<double> speeds_on(const Path& path, const Drive& drive, const Conditions& conditions = {}) {
  const Forces forces(CarModel{}, conditions, drive.power);
  std::vector<double> speeds;
  const SpeedProfile profile(path, forces, conditions, drive);
  for (const double w : profile.speed_squared()) speeds.push_back(std::sqrt(w));
  return speeds;
}

TEST(RaceCarProfile, TopSpeedBalancesPowerAndDrag) {
  const std::vector<double> speeds = speeds_on(straight(9000), Drive{});
  const Forces forces(CarModel{}, Conditions{});
  const double top = speeds.back();
  EXPECT_NEAR(forces.engine_n(top), forces.resistance_n(top * top, false, kFlat), 5);
  EXPECT_GT(top * 3.6, 312);
  EXPECT_LT(top * 3.6, 338);
}

TEST(RaceCarProfile, OpenWingIsWorthTenKilometresPerHourAndMore) {
  Conditions conditions;
  conditions.drs = true;
  Drive drive;
  drive.begin_speed_mps = 70;
  const double shut = speeds_on(straight(1200), drive, conditions).back();
  drive.drs = {{100, 1200}};
  const double open = speeds_on(straight(1200), drive, conditions).back();
  EXPECT_GT((open - shut) * 3.6, 8);
  EXPECT_LT((open - shut) * 3.6, 20);
  conditions.drs = false;
  EXPECT_DOUBLE_EQ(speeds_on(straight(1200), drive, conditions).back(), shut);
}

TEST(RaceCarProfile, StopsFromTopSpeedWithinAboutHundredMetres) {
  Drive drive;
  drive.begin_speed_mps = 300 / 3.6;
  drive.end_speed_mps = 0;
  const std::vector<double> speeds = speeds_on(straight(1000), drive);
  EXPECT_EQ(speeds.back(), 0);
  std::size_t braking = speeds.size() - 1;
  while (speeds[braking - 1] > speeds[braking]) --braking;
  const double distance = 1000.0 - static_cast<double>(braking);
  EXPECT_GT(distance, 85);
  EXPECT_LT(distance, 150);
}

TEST(RaceCarProfile, NoCellAsksMoreThanTyresHold) {
  const Path path = lap();
  const Conditions conditions;
  const Forces forces(CarModel{}, conditions);
  const SpeedProfile profile(path, forces, conditions, Drive{});
  const std::vector<double>& w = profile.speed_squared();
  for (std::size_t i = 0; i + 1 < w.size(); ++i) {
    ASSERT_LE(w[i], forces.cornering_cap(0.97 * path.curvature_1pm[i], kFlat) + 1e-9) << i;
    const double a = (w[i + 1] - w[i]) / (2 * path.step_m);
    ASSERT_LE(a, forces.traction_n(std::sqrt(w[i]), w[i], 1, kFlat) / forces.inertia_kg()) << i;
    ASSERT_GE(a, -52) << i;
  }
  EXPECT_DOUBLE_EQ(w.front(), w.back());
}

TEST(RaceCarProfile, AConstantCircleIsDrivenAtOneSpeedBelowTheCap) {
  const Path path = path_of({{600, 0.0105}}, true);
  const std::vector<double> speeds = speeds_on(path, Drive{});
  const Forces forces(CarModel{}, Conditions{});
  const double cap = std::sqrt(forces.cornering_cap(0.0105, kFlat));
  for (const double v : speeds) {
    ASSERT_LE(v, cap);
    ASSERT_GE(v, 0.97 * cap);
  }
  EXPECT_DOUBLE_EQ(speeds.front(), speeds.back());
}

TEST(RaceCarProfile, KeepsBelowALimitAndIsDownInTime) {
  Path path = straight(1500);
  for (std::size_t i = 0; i <= path.cells(); ++i)
    path.limit_mps.push_back(i >= 600 && i <= 900 ? 80 / 3.6 : 1e300);
  Drive drive;
  drive.begin_speed_mps = 80;
  const std::vector<double> speeds = speeds_on(path, drive);
  for (std::size_t i = 600; i <= 900; ++i) ASSERT_LT(speeds[i], 80 / 3.6) << i;
  EXPECT_GT(speeds[500], 60);
  EXPECT_GT(speeds[1100], 40);
}

TEST(RaceCarProfile, LiftsForASlightBendInsteadOfBraking) {
  const Path path = path_of({{1200, 0}, {150, 0.0077}, {600, 0}});
  Drive drive;
  drive.begin_speed_mps = 60;
  const std::vector<double> speeds = speeds_on(path, drive);
  double hardest = 0;
  double slowest = 1000;
  for (std::size_t i = 1000; i + 1 < 1300; ++i) {
    hardest = std::min(hardest, (speeds[i + 1] * speeds[i + 1] - speeds[i] * speeds[i]) / 2);
    slowest = std::min(slowest, speeds[i]);
  }
  EXPECT_LT(slowest, speeds[1000]) << "the bend is to need a lift";
  EXPECT_GT(hardest, -13);
}

TEST(RaceCarProfile, ApexesAheadSeeTheNextMinimumPastRipples) {
  const std::vector<double> speeds = {50, 40, 30, 30.5, 29, 35, 45, 44, 20, 25, 50};
  const std::vector<double> ahead = apexes_ahead(speeds, 8);
  const std::vector<double> expected = {29, 29, 29, 29, 29, 35, 20, 20, 20, 25, 29};
  EXPECT_EQ(ahead, expected);
}

}  // namespace
}  // namespace racesim::race
