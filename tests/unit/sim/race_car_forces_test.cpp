// Goal: forces obey the formulas they stand for. Method: closed solutions put back into the equation they
// solve, and values worked out by hand.
#include "sim/race/car/forces.h"

#include <gtest/gtest.h>

namespace racesim::race {
namespace {

Conditions with_fuel(double fuel_kg) {
  Conditions conditions;
  conditions.fuel_kg = fuel_kg;
  return conditions;
}

TEST(RaceCarForces, CorneringCapUsesTheTyresToTheLimit) {
  const Forces forces(CarModel{}, with_fuel(10));
  for (const double curvature : {0.007, 0.01, -0.02, 0.04, -0.06, 0.2}) {
    const double w = forces.cornering_cap(curvature, kFlat);
    EXPECT_NEAR(w * std::abs(curvature), forces.lateral_limit_mps2(w, kFlat), 1e-6) << curvature;
  }
}

TEST(RaceCarForces, StraightsAreBoundedBySpeedAlone) {
  const Forces forces(CarModel{}, with_fuel(10));
  EXPECT_DOUBLE_EQ(forces.cornering_cap(0, kFlat), kSpeedBound_mps * kSpeedBound_mps);
  EXPECT_DOUBLE_EQ(forces.cornering_cap(1e-4, kFlat), kSpeedBound_mps * kSpeedBound_mps);
}

TEST(RaceCarForces, LateralLimitFollowsLoadSensitiveGrip) {
  const CarModel car;
  Conditions conditions = with_fuel(20);
  conditions.grip = 0.9;
  const double mass = car.mass_kg + 20;
  const double load_n = mass * kGravity_mps2 + 0.5 * conditions.air_kgpm3 * car.lift_area_m2 * 60 * 60;
  const double friction = 0.9 * (car.grip + car.grip_per_n * (load_n / 4 - 3000));
  EXPECT_NEAR(Forces(car, conditions).lateral_limit_mps2(60 * 60, kFlat), friction * load_n / mass, 1e-9);
}

TEST(RaceCarForces, ACarWithoutLoadSensitivityCornersToo) {
  CarModel car;
  car.grip_per_n = 0;
  const Forces forces(car, with_fuel(0));
  const double w = forces.cornering_cap(0.03, kFlat);
  EXPECT_NEAR(w * 0.03, forces.lateral_limit_mps2(w, kFlat), 1e-6);
  EXPECT_DOUBLE_EQ(forces.cornering_cap(0.001, kFlat), kSpeedBound_mps * kSpeedBound_mps);
}

TEST(RaceCarForces, CircleLeavesAllOnStraightsAndNothingAtTheLimit) {
  const Forces forces(CarModel{}, with_fuel(10));
  const double w = forces.cornering_cap(0.02, kFlat);
  const double limit = forces.lateral_limit_mps2(w, kFlat);
  EXPECT_DOUBLE_EQ(forces.circle(w, 0, limit).left, 1);
  EXPECT_NEAR(forces.circle(w, -0.02, limit).left, 0, 1e-6);
  EXPECT_DOUBLE_EQ(forces.circle(2 * w, 0.02, limit).left, 0);
  EXPECT_NEAR(forces.circle(0.6 * w, 0.02, limit).left, 0.8, 1e-9);
}

TEST(RaceCarForces, OpenWingSavesItsShareOfDragOnly) {
  const CarModel car;
  const Forces forces(car, with_fuel(10));
  const double roll = forces.resistance_n(0, false, kFlat);
  EXPECT_NEAR(forces.resistance_n(6400, true, kFlat) - roll,
              (1 - car.drs_drag_cut) * (forces.resistance_n(6400, false, kFlat) - roll), 1e-6);
}

TEST(RaceCarForces, PedalsGiveTheAccelerationTheyAreAskedFor) {
  const Forces forces(CarModel{}, with_fuel(30));
  const double v = 70;
  const Pedals pedals = forces.pedals_for(v, 1.5, 0, 7, false, kFlat);
  EXPECT_EQ(pedals.brake, 0);
  EXPECT_NEAR((pedals.throttle * forces.engine_n(v, 7) - forces.resistance_n(v * v, false, kFlat)) /
                  forces.inertia_kg(),
              1.5, 1e-9);
  const Pedals slowing = forces.pedals_for(v, -30, 0, 7, false, kFlat);
  EXPECT_EQ(slowing.throttle, 0);
  EXPECT_NEAR((-slowing.brake * forces.full_brake_n() - forces.engine_brake_n() -
               forces.resistance_n(v * v, false, kFlat)) /
                  forces.inertia_kg(),
              -30, 1e-9);
  const Pedals coasting = forces.pedals_for(v, -forces.lifting_mps2(v * v, kFlat), 0, 7, false, kFlat);
  EXPECT_EQ(coasting.throttle, 0);
  EXPECT_NEAR(coasting.brake, 0, 1e-12);
  EXPECT_GT(forces.pedals_for(v, 0, 0.009, 7, false, kFlat).throttle,
            forces.pedals_for(v, 0, 0, 7, false, kFlat).throttle);
}

TEST(RaceCarForces, RevsFollowTheGearAndIdleAtRest) {
  EXPECT_NEAR(rpm_at(8, 300 / 3.6), 10650, 1);
  EXPECT_NEAR(rpm_at(3, 100 / 3.6), 7800, 1);
  EXPECT_EQ(rpm_at(0, 50), kIdle_rpm);
  EXPECT_EQ(rpm_at(1, 0), kIdle_rpm);
  EXPECT_GT(rpm_at(1, 0, 0.5), 9000);
}

TEST(RaceCarForces, ALimpingEngineGivesItsShare) {
  const Forces sound(CarModel{}, with_fuel(10));
  const Forces limping(CarModel{}, with_fuel(10), 0.25);
  EXPECT_NEAR(limping.engine_n(60), 0.25 * sound.engine_n(60), 1e-9);
}

}  // namespace
}  // namespace racesim::race
