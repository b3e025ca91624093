// Goal: hills and thin air act on a car as mechanics has it. Method: the same model, written again straight
// from its formulas and integrated plainly in small steps over random synthetic hills, gives the same speeds
// as the speed profile; limits put back into the equation they solve; energy on a hill that ends at its
// foot's height.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"
#include "sim/race/car/drive.h"
#include "sim/race/car/speed_profile.h"
#include "support/race_paths.h"

namespace racesim::race {
namespace {

/// z = Σ a·sin(2π·n·l/L + φ): periodic over the path, known with its derivatives.
struct Hills {
  struct Wave {
    double height_m, per_m, phase;
  };
  std::vector<Wave> waves;

  double slope(double l) const {
    double sum = 0;
    for (const Wave& w : waves) sum += w.height_m * w.per_m * std::cos(w.per_m * l + w.phase);
    return sum;
  }
  double bend(double l) const {
    double sum = 0;
    for (const Wave& w : waves) sum -= w.height_m * w.per_m * w.per_m * std::sin(w.per_m * l + w.phase);
    return sum;
  }
  Terrain at(double l) const {
    const double z1 = slope(l), level = 1 / std::sqrt(1 + z1 * z1);
    return {z1 * level, level, bend(l) * level * level * level};
  }
};

Hills random_hills(std::uint64_t seed, double length_m) {
  const StreamKey key = stream_key(seed, "test.hills", 0);
  Hills hills;
  for (std::uint64_t n = 1; n <= 4; ++n)
    hills.waves.push_back({unit(draw(key, 2 * n)) * 30 / static_cast<double>(n * n),
                           6.283185307179586 * static_cast<double>(n) / length_m,
                           6.283185307179586 * unit(draw(key, 2 * n + 1))});
  return hills;
}

Path over_hills(Path path, const Hills& hills) {
  for (std::size_t i = 0; i <= path.cells(); ++i) {
    path.z_m.push_back(0);
    path.terrain.push_back(hills.at(path.step_m * static_cast<double>(i)));
  }
  return path;
}

/// The model as docs/race.md has it, for a car of the default kind.
struct PlainCar {
  double fuel_kg = 20;
  double air = 1.18;

  double mass() const { return CarModel{}.mass_kg + fuel_kg; }
  double grip_limit(double v, const Terrain& t, double& friction) const {
    const CarModel car;
    const double load = mass() * (9.81 * t.level + v * v * t.dip_1pm) + 0.5 * air * car.lift_area_m2 * v * v;
    friction = car.grip + car.grip_per_n * (load / 4 - 3000);
    return friction * load / mass();
  }
  double accelerating(double v, double curvature, const Terrain& t) const {
    const CarModel car;
    double friction;
    const double limit = grip_limit(v, t, friction);
    const double used = std::min(1.0, v * v * std::abs(curvature) / limit);
    const double rear = 0.545 * mass() * (9.81 * t.level + v * v * t.dip_1pm) +
                        0.56 * 0.5 * air * car.lift_area_m2 * v * v + 0.8 * mass();
    double traction = friction * rear * std::sqrt(1 - used * used) * car.traction;
    if (v < 25) traction *= 0.48 + 0.52 * v / 25;
    const double electric = 1000 * car.electric_kw * std::min(1.0, v / 27.8);
    const double engine = (1000 * car.engine_kw + electric) * car.driveline_efficiency / std::max(v, 3.0);
    const double against = 0.5 * air * car.drag_area_m2 * v * v + 0.015 * mass() * 9.81 +
                           mass() * 9.81 * t.climb + 0.06 * mass() * limit * used * used;
    return (std::min(engine, traction) - against) / (1.06 * mass());
  }
  double braking(double v, double curvature, const Terrain& t) const {
    const CarModel car;
    double friction;
    const double limit = grip_limit(v, t, friction);
    const double used = std::min(1.0, v * v * std::abs(curvature) / limit);
    const double tyres = std::min(0.92 * limit * std::sqrt(1 - used * used), car.brake_limit_mps2);
    const double drag = (0.75 * 0.5 * air * car.drag_area_m2 * v * v) / mass() + 0.015 * 9.81;
    return 0.95 * (std::min(tyres + drag, 52.0) + 9.81 * t.climb);
  }
};

constexpr double kFine_m = 0.05;

/// Speeds at whole metres: from `v` on with all the car has, never above what braking for the end allows.
std::vector<double> driven_plainly(const Path& path, const Hills& hills, const PlainCar& car, double v,
                                   double end_v) {
  const auto fine = static_cast<std::size_t>(path.length_m() / kFine_m);
  const auto bend = [&](double l) { return race_test::curvature_at(path, l); };
  std::vector<double> back(fine + 1), speeds;
  back[fine] = end_v;
  for (std::size_t i = fine; i-- > 0;) {
    const double l = kFine_m * static_cast<double>(i + 1);
    const double a = car.braking(back[i + 1], bend(l), hills.at(l));
    back[i] = std::sqrt(back[i + 1] * back[i + 1] + 2 * kFine_m * a);
  }
  for (std::size_t i = 0; i <= fine; ++i) {
    v = std::min(v, back[i]);
    if (i % static_cast<std::size_t>(1 / kFine_m) == 0) speeds.push_back(v);
    const double l = kFine_m * static_cast<double>(i);
    v = std::sqrt(std::max(0.0, v * v + 2 * kFine_m * car.accelerating(v, bend(l), hills.at(l))));
  }
  return speeds;
}

Conditions conditions_of(const PlainCar& car) {
  Conditions conditions;
  conditions.fuel_kg = car.fuel_kg;
  conditions.air_kgpm3 = car.air;
  return conditions;
}

TEST(RaceCarHills, ProfileIsThatOfThePlainIntegration) {
  const Path flat = race_test::path_of({{600, 0}, {500, 0.003}, {900, 0}, {400, -0.004}, {600, 0}});
  double most_off = 0, most_change = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const Hills hills = random_hills(seed, flat.length_m());
    PlainCar car;
    car.fuel_kg = 10.0 * static_cast<double>(seed);
    car.air = seed % 3 == 0 ? 0.92 : 1.18;
    const Forces forces(CarModel{}, conditions_of(car));
    Drive drive;
    drive.begin_speed_mps = seed % 2 == 0 ? 20 : 70;
    drive.end_speed_mps = seed % 4 < 2 ? 30 : 60;
    const auto plain = driven_plainly(flat, hills, car, drive.begin_speed_mps, drive.end_speed_mps);
    const SpeedProfile profile(over_hills(flat, hills), forces, conditions_of(car), drive);
    const SpeedProfile level(flat, forces, conditions_of(car), drive);
    for (std::size_t i = 0; i < plain.size(); ++i) {
      const double v = std::sqrt(profile.speed_squared()[i]);
      most_off = std::max(most_off, std::abs(v - plain[i]));
      most_change = std::max(most_change, std::abs(v - std::sqrt(level.speed_squared()[i])));
      ASSERT_NEAR(v, plain[i], 0.25) << "seed " << seed << " at " << i << " m";
    }
  }
  EXPECT_LT(most_off, 0.25);
  EXPECT_GT(most_change, 2) << "the hills do nothing";
}

TEST(RaceCarHills, CorneringCapUsesTheTyresToTheLimitInDipsAndOverCrests) {
  const Forces forces(CarModel{}, Conditions{});
  for (const double dip : {-0.008, -0.002, 0.003, 0.012})
    for (const double climb : {-0.15, 0.0, 0.15})
      for (const double curvature : {0.015, -0.02, 0.05}) {
        const Terrain terrain{climb, std::sqrt(1 - climb * climb), dip};
        const double w = forces.cornering_cap(curvature, terrain);
        if (w >= kSpeedBound_mps * kSpeedBound_mps) continue;
        EXPECT_NEAR(w * std::abs(curvature), forces.lateral_limit_mps2(w, terrain), 1e-6) << dip << curvature;
        const double plain = forces.cornering_cap(curvature, {climb, terrain.level, 0});
        EXPECT_EQ(w > plain, dip > 0) << dip << " " << climb << " " << curvature;
      }
}

/// Without an engine and without losses a car keeps its energy.
TEST(RaceCarHills, ClimbingCostsWhatTheHeightIsWorth) {
  Hills hill;
  hill.waves.push_back(
      {10, 6.283185307179586 / 1000, -1.5707963267948966});  // from −10 m up to +10 m at 500 m
  CarModel coasting;
  coasting.engine_kw = coasting.electric_kw = 0;
  coasting.drag_area_m2 = 0;
  const Forces forces(coasting, Conditions{});
  Drive drive;
  drive.begin_speed_mps = 60;
  const Path path = over_hills(race_test::straight(1000), hill);
  const SpeedProfile profile(path, forces, Conditions{}, drive);
  const double rolling = 0.015 * 9.81 * 500 / 1.06;
  EXPECT_NEAR(profile.speed_squared()[500] / 2, 60.0 * 60 / 2 - rolling - 9.81 * 20 / 1.06, 2);
  EXPECT_NEAR(profile.speed_squared()[1000] / 2, 60.0 * 60 / 2 - 2 * rolling, 4);
}

/// The driver keeps to the plan on hills as he does on the level.
TEST(RaceCarHills, ADrivenLapFollowsTheProfile) {
  const Path flat = race_test::lap();
  const Path path = over_hills(flat, random_hills(7, flat.length_m()));
  const Template lap = bake(path, CarModel{}, Conditions{}, Drive{});
  const SpeedProfile profile(path, Forces(CarModel{}, Conditions{}), Conditions{}, Drive{});
  EXPECT_NEAR(lap.duration_s, profile.duration_s(path.step_m), 0.006 * lap.duration_s);
  for (const Template::Sample& sample : lap.samples)
    ASSERT_FALSE(sample.throttle_pct > 0 && sample.brake_pct > 0) << sample.l_m;
}

TEST(RaceCarHills, AirGetsThinnerWithHeight) {
  EXPECT_DOUBLE_EQ(air_at_kgpm3(150), 1.18);
  // 1013.25 hPa at sea level and 772 hPa at 2,240 m (ISO 2533), at one temperature.
  EXPECT_NEAR(air_at_kgpm3(2240) / air_at_kgpm3(0), 772.0 / 1013.25, 0.002);
  Track high;
  EXPECT_EQ(air_of(high), kAir_kgpm3);
  high.altitude_m = 2240;
  EXPECT_EQ(air_of(high), air_at_kgpm3(2240));
  Conditions thin;
  thin.air_kgpm3 = air_of(high);
  const Path circle = race_test::path_of({{600, 0.0105}}, true);
  EXPECT_GT(bake(circle, CarModel{}, thin, Drive{}).duration_s,
            1.05 * bake(circle, CarModel{}, Conditions{}, Drive{}).duration_s)
      << "less downforce";
  const Path path = race_test::lap();
  const Template low = bake(path, CarModel{}, Conditions{}, Drive{});
  const Template up = bake(path, CarModel{}, thin, Drive{});
  const auto top = [](const Template& lap) {
    double most = 0;
    for (const auto& sample : lap.samples) most = std::max(most, static_cast<double>(sample.v_mps));
    return most;
  };
  EXPECT_GT(top(up), top(low)) << "less drag";
}

}  // namespace
}  // namespace racesim::race
