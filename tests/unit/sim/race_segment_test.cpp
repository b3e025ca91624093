// Goal: a segment passes its ends exactly when planned, its speed and acceleration are the derivatives of its
// distance, and the quick solution for the template's time is the exact one. Method: pieces of a baked
// Silverstone lap at many paces, against bisection and finite differences.
#include "sim/race/render/segment.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "sim/race/car/drive.h"
#include "sim/race/track/tracks.h"
#include "sim/race/track/ways.h"

namespace racesim::race {
namespace {

struct Lap {
  Path path;
  PathGrid grid;
  Template drive;
};

const Lap& baked_lap() {
  static const Lap made = [] {
    const Path path = racing_line(*find_track("silverstone"));
    return Lap{path, PathGrid(path), bake(path, CarModel{}, Conditions{}, Drive{})};
  }();
  return made;
}

/// Seconds [tau, tau + length) of the lap at mean pace `mean`, with r0 and r1 at the ends.
Segment piece(double tau_s, double length_s, double mean, double r0, double r1) {
  Segment s{};
  s.drive = &baked_lap().drive;
  s.path = &baked_lap().grid;
  s.begin_ms = 1'000'000;
  s.end_ms = s.begin_ms + static_cast<std::int64_t>(length_s * mean * 1000);
  s.tau_begin_s = tau_s;
  s.tau_s = length_s;
  s.fuel_begin_g = 50'000;
  s.fuel_per_kg_g = 1000;
  s.wear_per_pct = 5;
  set_pace(s, r0, r1);
  return s;
}

Segment random_piece(std::uint64_t i, double spread) {
  const StreamKey key = stream_key(1, "test.segment", i);
  const auto between = [&](std::uint64_t n, double low, double high) {
    return low + (high - low) * unit(draw(key, n));
  };
  const double mean = between(0, 1, 1.6);
  return piece(between(1, 0, 70), between(2, 2, 12), mean, mean * between(3, 1 - spread, 1 + spread),
               mean * between(4, 1 - spread, 1 + spread));
}

/// Where along the path a state is, found again from its place.
double s_of(const Segment& s, std::int64_t ms) {
  return state_at(s, ms).s_m;
}

TEST(RaceSegment, BeginsAndEndsWhereAndWhenPlanned) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Segment s = random_piece(i, 0.12);
    const Segment unwarped = piece(s.tau_begin_s, s.tau_s, 1, 1, 1);
    EXPECT_NEAR(s_of(s, s.begin_ms), s_of(unwarped, unwarped.begin_ms), 1e-6) << i;
    // At its end the template's time has passed, whatever the pace.
    const double end_tau = s.tau_begin_s + s.tau_s;
    Segment next = piece(end_tau, 1, 1, 1, 1);
    EXPECT_NEAR(s_of(s, s.end_ms), s_of(next, next.begin_ms), 1e-6) << i;
  }
}

TEST(RaceSegment, SpeedIsTheDerivativeOfPlaceAndAccelerationThatOfSpeed) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Segment s = random_piece(i, 0.1);
    for (std::int64_t ms = s.begin_ms; ms + 10 <= s.end_ms; ms += 70) {
      const CarState a = state_at(s, ms), b = state_at(s, ms + 10);
      const double moved_m = std::hypot(b.x_m - a.x_m, b.y_m - a.y_m);
      EXPECT_NEAR(moved_m, 0.005 * (a.v_mps + b.v_mps), 0.01) << i << " at " << ms;
      // The template's acceleration is constant over its own 10 ms, which these 10 ms straddle.
      const auto [low, high] = std::minmax({a.a_mps2, state_at(s, ms + 5).a_mps2, b.a_mps2});
      const double mean = (b.v_mps - a.v_mps) / 0.01;
      EXPECT_TRUE(mean >= low - 0.3 && mean <= high + 0.3)
          << i << " at " << ms << ": " << mean << " in " << low << ".." << high;
    }
  }
}

TEST(RaceSegment, TheQuickSolutionIsTheExactOne) {
  double worst_m = 0;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const Segment s = random_piece(i, i % 2 == 0 ? 0.03 : 0.15);
    for (std::int64_t ms = s.begin_ms; ms < s.end_ms; ms += 97) {
      const double wanted = static_cast<double>(ms - s.begin_ms) * 1e-3 / s.tau_s;
      double low = 0, high = 1;
      for (int step = 0; step < 60; ++step) {
        const double x = (low + high) / 2;
        const double t =
            s.r0 * x + s.r_rise * x * x * x * (1 - x / 2) + s.c16 * x * x * x * (1.0 / 3 - x / 2 + x * x / 5);
        (t < wanted ? low : high) = x;
      }
      const Segment exact = piece(s.tau_begin_s + low * s.tau_s, 1, 1, 1, 1);
      worst_m = std::max(worst_m, std::abs(s_of(s, ms) - s_of(exact, exact.begin_ms)));
    }
  }
  EXPECT_LT(worst_m, 1e-4);  // a tenth of the printed millimetre
}

TEST(RaceSegment, FuelFallsAndWearRises) {
  const Segment s = piece(0, 80, 1.05, 1.05, 1.05);
  CarState before = state_at(s, s.begin_ms);
  for (std::int64_t ms = s.begin_ms; ms <= s.end_ms; ms += 100) {
    const CarState now = state_at(s, ms);
    EXPECT_LE(now.fuel_g, before.fuel_g);
    EXPECT_GE(now.wear_pct, before.wear_pct);
    before = now;
  }
  EXPECT_LT(before.fuel_g, 49'000);
  EXPECT_GT(before.wear_pct, 3);
}

TEST(RaceSegment, AStandingCarStands) {
  Segment s{};
  s.path = &baked_lap().grid;
  s.begin_ms = 0;
  s.end_ms = 1000;
  s.l_m = 100;
  const CarState state = state_at(s, 500);
  EXPECT_EQ(state.v_mps, 0);
  EXPECT_EQ(state.a_mps2, 0);
  EXPECT_EQ(state.throttle_pct + state.brake_pct + state.gear, 0);
  EXPECT_NEAR(state.s_m, baked_lap().path.s_m[100], 1.5);
}

TEST(RaceSegment, PedalsAreEasedOnlyWhenTheCarIsHeldBack) {
  const Segment racing = piece(2, 1, 1.03, 1.03, 1.03);  // on the straight, at full power
  const Segment behind_the_safety_car = piece(2, 1, 1.6, 1.6, 1.6);
  EXPECT_EQ(state_at(racing, racing.begin_ms + 100).throttle_pct, 100);
  EXPECT_LT(state_at(behind_the_safety_car, behind_the_safety_car.begin_ms + 100).throttle_pct, 40);
}

}  // namespace
}  // namespace racesim::race
