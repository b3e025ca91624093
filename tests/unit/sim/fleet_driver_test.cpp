// Goal: every trip is a drive: it is continuous, stops at red and for nothing else, keeps to what its car can
// do, and arrives within the time that the plan gives it. Method: many vehicles of several seeds over many
// routes of the network, piece by piece.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sim/fleet/drive/driver.h"
#include "sim/fleet/plan/draws.h"
#include "sim/master/entities.h"

namespace racesim::fleet {
namespace {

class FleetDriver : public testing::Test {
 protected:
  static const Courses& courses() {
    static const auto pool = RoutePool::built_in();
    static const Courses made(*pool);
    return made;
  }
  static std::vector<Vehicle> vehicles(std::uint64_t seed, std::uint32_t count) {
    MasterPlan plan;
    plan.vehicles = count;
    RowBatch rows(schema_info<VehicleRow>());
    make_vehicle_generator(plan)->fill(0, count, rows);
    std::vector<Vehicle> made;
    for (std::uint32_t i = 0; i < count; ++i)
      made.push_back(make_vehicle(seed, i, rows.rows<VehicleRow>()[i]));
    return made;
  }
  static Trip trip(std::uint64_t draw_bits, bool fuels) {
    const auto places = courses().pool().places(0);
    const std::uint64_t from = below(draw_bits, places.size());
    const std::uint64_t to = (from + 1 + below(mix64(draw_bits), places.size() - 1)) % places.size();
    Trip made;
    made.course = &courses().between(places[from], places[to]);
    made.depart_us = 1'754'640'000'000'000 + static_cast<std::int64_t>(draw_bits % 86'400) * kSecond_us;
    made.begin_m = 0.4 * made.course->route->first_street_m;
    made.end_m = made.course->length_m() - 0.3 * made.course->route->last_street_m;
    made.fuel_l = 30;
    made.refuelled_l = fuels ? 44 : 0;
    made.key = draw_bits;
    return made;
  }
};

TEST_F(FleetDriver, EveryTripArrivesInTime) {
  double longest_share = 0;
  for (std::uint64_t seed = 900; seed < 903; ++seed) {
    const auto cars = vehicles(seed, 60);
    for (std::uint64_t i = 0; i < 1200; ++i) {
      const Trip way = trip(mix64(seed * 10'000 + i), i % 5 == 0);
      Driver driver(cars[i % cars.size()], way);
      Motion piece;
      double s_m = way.begin_m;
      double v_mps = 0;
      double t_s = 0;
      std::uint64_t pieces = 0;
      while (driver.next(piece)) {
        ASSERT_LT(++pieces, 20'000U) << seed << ' ' << i;
        ASSERT_NEAR(piece.s_m, s_m, 1e-4);
        ASSERT_NEAR(piece.v_mps, v_mps, 3e-3);  // where he stops a micrometre early
        ASSERT_EQ(piece.begin_s, t_s);
        ASSERT_GE(piece.end_s, piece.begin_s);
        const double dt_s = piece.end_s - piece.begin_s;
        ASSERT_LE(piece.a_mps2, kMostAccel_mps2);
        ASSERT_GE(piece.a_mps2, -kMostBrake_mps2 - 0.05);
        s_m = piece.s_at(dt_s);
        v_mps = piece.v_at(dt_s);
        t_s = piece.end_s;
        ASSERT_GT(v_mps, -1e-6);
      }
      EXPECT_NEAR(s_m, way.end_m, 0.01);
      EXPECT_LT(v_mps, 1e-6);
      longest_share = std::max(longest_share, t_s / way.course->slowest_s);
    }
  }
  EXPECT_LT(longest_share, 0.97);
  EXPECT_GT(longest_share, 0.6);  // else the days would be emptier than they need
}

/// Stands at `s_m` from `begin_s` to `end_s`.
struct Halt {
  double s_m, begin_s, end_s;
};

TEST_F(FleetDriver, PassesLinesOnGreenAndWaitsWhileItIsRed) {
  const auto cars = vehicles(911, 40);
  std::uint64_t lines = 0;
  std::uint64_t on_red = 0;
  std::uint64_t halts = 0;
  std::vector<double> shares;  // of the red that is waited for
  for (std::uint64_t i = 0; i < 800; ++i) {
    const Trip way = trip(mix64(77'000 + i), false);
    const Course& course = *way.course;
    Driver driver(cars[i % cars.size()], way);
    Motion piece;
    std::size_t section = course.section_at(way.begin_m);
    double halt_s = -1;
    while (driver.next(piece)) {
      if (piece.v_mps == 0 && piece.a_mps2 == 0 && piece.s_m > way.begin_m + 1)
        halt_s = piece.end_s - piece.begin_s;
      for (; section < course.size() && piece.s_m >= course.sections[section + 1].begin_m - 1e-3; ++section) {
        const Section& passed = course.sections[section];
        if (passed.line != Line::signal) continue;
        ++lines;
        const auto at_ms =
            static_cast<std::int64_t>((static_cast<double>(way.depart_us) * 1e-6 + piece.begin_s) * 1000);
        on_red += phase_ms(passed.light, at_ms) < passed.light.red_ms;
        if (halt_s > 0) {
          ++halts;
          shares.push_back(halt_s / (passed.light.red_ms / 1000.0));
        }
        halt_s = -1;
      }
    }
  }
  ASSERT_GT(lines, 3'000U);
  EXPECT_LT(static_cast<double>(on_red), 0.004 * static_cast<double>(lines));
  // P(stop) is about the share of red; who waits waits from nothing to all of it.
  const double stops = static_cast<double>(halts) / static_cast<double>(lines);
  EXPECT_GT(stops, 0.30);
  EXPECT_LT(stops, 0.62);
  std::sort(shares.begin(), shares.end());
  EXPECT_NEAR(shares[shares.size() / 2], 0.5, 0.12);
  EXPECT_NEAR(shares[shares.size() / 4], 0.25, 0.12);
  EXPECT_NEAR(shares[shares.size() * 3 / 4], 0.75, 0.12);
}

}  // namespace
}  // namespace racesim::fleet
