// Goal: a baked drive is a motion that a car can make, and ends as asked. Method: invariants at every sample
// of drives on made-up paths: flying lap, launch, pit lane, stop, limping.
#include <gtest/gtest.h>

#include "sim/race/car/drive.h"
#include "sim/race/car/forces.h"
#include "support/race_paths.h"

namespace racesim::race {
namespace {

using race_test::curvature_at;
using race_test::lap;
using race_test::path_of;
using race_test::straight;
using Sample = Template::Sample;

Conditions with_fuel_and_drs(double fuel_kg, bool drs = false) {
  Conditions conditions;
  conditions.fuel_kg = fuel_kg;
  conditions.drs = drs;
  return conditions;
}

/// The samples follow from each other, within what tyres hold.
void expect_a_motion(const std::vector<Sample>& samples, const Path& path, const Conditions& conditions) {
  const Forces forces(CarModel{}, conditions);
  for (std::size_t i = 0; i + 1 < samples.size(); ++i) {
    const double v0 = static_cast<double>(samples[i].v_mps);
    const double v1 = static_cast<double>(samples[i + 1].v_mps);
    ASSERT_NEAR(samples[i + 1].l_m, samples[i].l_m + (v0 + v1) / 2 * kTemplateStep_s, 1e-8) << i;
    ASSERT_GE(samples[i + 1].l_m, samples[i].l_m) << i;
    const double a = (v1 - v0) / kTemplateStep_s;
    ASSERT_TRUE(a > -55 && a < 20) << i << ": " << a;
    const double sideways = v0 * v0 * std::abs(curvature_at(path, samples[i].l_m));
    ASSERT_LE(sideways, 1.06 * forces.lateral_limit_mps2(v0 * v0, kFlat)) << i;
  }
}

/// Feet and gears move as they can; fuel and tyres only go down.
void expect_a_driver(const std::vector<Sample>& samples) {
  for (std::size_t i = 0; i + 1 < samples.size(); ++i) {
    const Sample& from = samples[i];
    const Sample& to = samples[i + 1];
    ASSERT_TRUE(to.fuel_kg >= from.fuel_kg && to.wear >= from.wear) << i;
    ASSERT_TRUE(from.throttle_pct == 0 || from.brake_pct == 0) << i;
    ASSERT_TRUE(from.throttle_pct <= 100 && from.brake_pct <= 100) << i;
    ASSERT_LE(to.throttle_pct - from.throttle_pct, 13) << i;
    ASSERT_LE(std::abs(to.gear - from.gear), 1) << i;
    ASSERT_GE(from.gear, 1) << i;
    ASSERT_LT(rpm_at(from.gear, static_cast<double>(from.v_mps)), 12700) << i;
  }
}

/// What holds of every drive.
void expect_a_drive(const Template& drive, const Path& path, const Conditions& conditions) {
  ASSERT_GE(drive.samples.size(), 2u);
  EXPECT_EQ(drive.samples.front().l_m, 0);
  EXPECT_GE(drive.samples.back().l_m, path.length_m());
  EXPECT_LT(drive.samples[drive.samples.size() - 2].l_m, path.length_m());
  expect_a_motion(drive.samples, path, conditions);
  expect_a_driver(drive.samples);
}

TEST(RaceCarBake, FlyingLapIsAMotionAndClosesOnItself) {
  const Path path = lap();
  const Conditions conditions = with_fuel_and_drs(40);
  const Template drive = bake(path, CarModel{}, conditions, Drive{});
  expect_a_drive(drive, path, conditions);
  EXPECT_NEAR(drive.speed_at(path.length_m()), static_cast<double>(drive.samples.front().v_mps), 1e-4);
  EXPECT_EQ(drive.samples.front().gear, drive.samples.back().gear);
  EXPECT_EQ(drive.samples.front().throttle_pct, drive.samples.back().throttle_pct);
  EXPECT_NEAR(drive.wear, 1, 1e-6);
  EXPECT_NEAR(drive.duration_s, drive.time_at(path.length_m()), 1e-12);
}

TEST(RaceCarBake, GearsAreHeldForAWhile) {
  const Template drive = bake(lap(), CarModel{}, with_fuel_and_drs(10), Drive{});
  int held = 40;
  int changes = 0;
  for (std::size_t i = 1; i < drive.samples.size(); ++i, ++held) {
    if (drive.samples[i].gear == drive.samples[i - 1].gear) continue;
    EXPECT_GE(held, 40) << i;
    held = 0;
    ++changes;
  }
  EXPECT_GT(changes, 8);
}

TEST(RaceCarBake, SameArgumentsGiveTheSameBits) {
  const Path path = lap();
  const Template one = bake(path, CarModel{}, with_fuel_and_drs(40), Drive{});
  const Template other = bake(path, CarModel{}, with_fuel_and_drs(40), Drive{});
  ASSERT_EQ(one.samples.size(), other.samples.size());
  for (std::size_t i = 0; i < one.samples.size(); ++i) {
    ASSERT_EQ(one.samples[i].l_m, other.samples[i].l_m);
    ASSERT_EQ(one.samples[i].v_mps, other.samples[i].v_mps);
  }
}

TEST(RaceCarBake, TimeAndDistanceAreInverse) {
  const Template drive = bake(lap(), CarModel{}, with_fuel_and_drs(40), Drive{});
  double last = -1;
  for (double l = 0; l < 3000; l += 0.37) {
    const double t = drive.time_at(l);
    ASSERT_GT(t, last);
    last = t;
    const auto i = static_cast<std::size_t>(t / kTemplateStep_s);
    const double since = t - static_cast<double>(i) * kTemplateStep_s;
    const Sample& from = drive.samples[i];
    const double v = static_cast<double>(from.v_mps);
    const double a = (static_cast<double>(drive.samples[i + 1].v_mps) - v) / kTemplateStep_s;
    ASSERT_NEAR(from.l_m + v * since + a / 2 * since * since, l, 1e-6);
    ASSERT_NEAR(drive.speed_at(l), v + a * since, 1e-4);
  }
}

TEST(RaceCarBake, HeavierAndWornIsSlower) {
  const Path path = lap();
  const double light = bake(path, CarModel{}, with_fuel_and_drs(10), Drive{}).duration_s;
  EXPECT_GT(bake(path, CarModel{}, with_fuel_and_drs(60), Drive{}).duration_s, light + 0.3);
  Conditions worn = with_fuel_and_drs(10);
  worn.grip = 0.95;
  EXPECT_GT(bake(path, CarModel{}, worn, Drive{}).duration_s, light + 0.5);
}

TEST(RaceCarBake, WingOpensOnlyInItsZonesAndShutsToBrake) {
  Drive asked;
  asked.drs = {{100, 650}, {1300, 1800}};
  const Template shut = bake(lap(), CarModel{}, with_fuel_and_drs(10), asked);
  for (const Sample& sample : shut.samples) ASSERT_FALSE(sample.drs);
  const Template open = bake(lap(), CarModel{}, with_fuel_and_drs(10, true), asked);
  int steps = 0;
  for (std::size_t i = 1; i < open.samples.size(); ++i) {
    const Sample& sample = open.samples[i];
    if (!sample.drs) continue;
    ++steps;
    ASSERT_EQ(sample.brake_pct, 0);
    const double l = open.samples[i - 1].l_m;
    ASSERT_TRUE((l >= 100 && l < 650) || (l >= 1300 && l < 1800)) << l;
  }
  EXPECT_GT(steps, 500);
  EXPECT_LT(open.duration_s, shut.duration_s - 0.1);
}

TEST(RaceCarBake, LaunchesToTwoHundredInAboutFiveSeconds) {
  const Path path = straight(600);
  const Conditions conditions = with_fuel_and_drs(105);
  const Template drive = bake(path, CarModel{}, conditions, Drive{});
  expect_a_drive(drive, path, conditions);
  const auto reaches = [&](double kmh) {
    for (std::size_t i = 0; i < drive.samples.size(); ++i) {
      if (static_cast<double>(drive.samples[i].v_mps) * 3.6 >= kmh)
        return static_cast<double>(i) * kTemplateStep_s;
    }
    return 1e9;
  };
  EXPECT_GT(reaches(100), 2.2);
  EXPECT_LT(reaches(100), 3.0);
  EXPECT_GT(reaches(200), 4.5);
  EXPECT_LT(reaches(200), 6.0);
  EXPECT_EQ(drive.samples.front().gear, 1);
  EXPECT_GE(drive.samples.back().gear, 7);
}

TEST(RaceCarBake, StopsExactlyAtTheEnd) {
  for (const double length : {37.0, 180.0, 425.0}) {
    Path path = straight(length);
    Drive asked;
    asked.begin_speed_mps = 22;
    asked.end_speed_mps = 0;
    const Conditions conditions = with_fuel_and_drs(30);
    const Template drive = bake(path, CarModel{}, conditions, asked);
    expect_a_drive(drive, path, conditions);
    EXPECT_EQ(drive.samples.back().v_mps, 0);
    EXPECT_EQ(drive.samples.back().l_m, length);
    EXPECT_GT(drive.samples[drive.samples.size() - 2].v_mps, 0);
    EXPECT_NEAR(drive.duration_s, static_cast<double>(drive.samples.size() - 1) * kTemplateStep_s, 0.011);
  }
}

TEST(RaceCarBake, RollsToTheSideGently) {
  Drive asked;
  asked.begin_speed_mps = 70;
  asked.end_speed_mps = 0;
  asked.power = 0.2;
  asked.braking = 0.15;
  const Path path = straight(900);
  const Template drive = bake(path, CarModel{}, with_fuel_and_drs(30), asked);
  expect_a_drive(drive, path, with_fuel_and_drs(30));
  for (std::size_t i = 0; i + 1 < drive.samples.size(); ++i) {
    ASSERT_GT(drive.samples[i + 1].v_mps - drive.samples[i].v_mps, -0.2F);
  }
  EXPECT_EQ(drive.samples.back().v_mps, 0);
}

TEST(RaceCarBake, KeepsThePitLimit) {
  Path path = path_of({{500, 0}, {60, 0.012}, {640, 0}});
  const double limit = 80 / 3.6;
  for (std::size_t i = 0; i <= path.cells(); ++i)
    path.limit_mps.push_back(i >= 400 && i <= 800 ? limit : 1e300);
  Drive asked;
  asked.begin_speed_mps = 78;
  const Template drive = bake(path, CarModel{}, with_fuel_and_drs(30), asked);
  expect_a_drive(drive, path, with_fuel_and_drs(30));
  for (const Sample& sample : drive.samples) {
    if (sample.l_m >= 400 && sample.l_m <= 800) {
      ASSERT_LE(static_cast<double>(sample.v_mps), limit + 1e-6);
      ASSERT_GE(static_cast<double>(sample.v_mps), 0.98 * limit);
    }
  }
  EXPECT_GT(drive.samples.back().v_mps, 50);
}

TEST(RaceCarBake, BeginsAsAsked) {
  Drive asked;
  asked.begin_speed_mps = 61.5;
  asked.begin_gear = 7;
  const Template drive = bake(straight(300), CarModel{}, with_fuel_and_drs(30), asked);
  EXPECT_FLOAT_EQ(drive.samples.front().v_mps, 61.5F);
  EXPECT_EQ(drive.samples.front().gear, 7);
}

TEST(RaceCarBake, ACarWithoutPowerStandsShortOfTheEnd) {
  Drive asked;
  asked.begin_speed_mps = 20;
  asked.power = 0;
  const Template drive = bake(straight(3000), CarModel{}, with_fuel_and_drs(30), asked);
  EXPECT_EQ(drive.samples.back().v_mps, 0);
  EXPECT_LT(drive.samples.back().l_m, 3000);
}

TEST(RaceCarBake, WearOfAPartIsAShareOfAWholeLap) {
  const Template whole = bake(lap(), CarModel{}, with_fuel_and_drs(30), Drive{});
  Drive asked;
  asked.lap_work_m2ps3 = whole.work_m2ps3;
  asked.end_speed_mps = 0;
  const Template part = bake(straight(500), CarModel{}, with_fuel_and_drs(30), asked);
  EXPECT_GT(part.wear, 0);
  EXPECT_LT(part.wear, 1);
}

}  // namespace
}  // namespace racesim::race
