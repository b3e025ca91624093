// Goal: a car in a lane beside the racing line is as believable as one on it: it bends about as the line
// does, and its speed does not shake where the points of an imported track are rough. Method: whole races on
// a made-up circuit of tight and fast bends with noisy points, every tenth of a second; and one lap in a
// lane, along a line whose curvature is made rough.
#include "sim/race/render/aside.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "sim/race/session.h"
#include "sim/race/track/import/import.h"
#include "sim/race/track/ways.h"
#include "support/race_circuit.h"

namespace racesim::race {
namespace {

constexpr double kAsideGravity_mps2 = 9.80665;

/// A kidney: a hairpin, and bends that are driven at 280 km/h. Points are up to 10 cm off their place.
Track kidney() {
  constexpr int kPoints = 180;
  const StreamKey key = stream_key(5, "test.kidney", 0);
  std::string csv = "# x_m,y_m,w_tr_right_m,w_tr_left_m\n";
  for (int i = 0; i < kPoints; ++i) {
    const double a = -2 * M_PI * i / kPoints;
    const double radius_m = 300 * (1 + 0.45 * std::cos(2 * a) + 0.12 * std::sin(3 * a));
    const auto noise_m = [&](int n) { return 0.2 * unit(draw(key, static_cast<std::uint64_t>(n))) - 0.1; };
    csv += fmt::format("{:.3f},{:.3f},6,6\n", 1.3 * radius_m * std::cos(a) + noise_m(2 * i),
                       0.9 * radius_m * std::sin(a) + noise_m(2 * i + 1));
  }
  return *import_track(csv, "kidney");
}

TEST(RaceAside, LanesBendAboutAsTheLineDoes) {
  race_test::Circuit circuit(20, SessionKind::race, kidney());
  double most_g = 0, most_on_line_g = 0;
  std::size_t beside = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    circuit.input.seed = seed;
    const Session session(circuit.input, circuit.templates);
    for (std::size_t car = 0; car < session.plan().cars.size(); ++car)
      for (std::int64_t ms = 0; ms < session.timelines().off_air_ms(car); ms += 100) {
        const Segment& segment = session.timelines().at(car, ms);
        const CarState state = state_at(segment, ms);
        const double g = std::abs(state.curvature_1pm) * state.v_mps * state.v_mps / kAsideGravity_mps2;
        beside += segment.aside;
        double& most = segment.aside ? most_g : most_on_line_g;
        most = std::max(most, g);
      }
  }
  EXPECT_GT(beside, 10'000U);
  EXPECT_LT(most_on_line_g, 5.9);
  EXPECT_LT(most_g, 6.5);
}

TEST(RaceAside, ARoughLineDoesNotShakeTheCarBesideIt) {
  const Track track = kidney();
  const Curve centre = centreline(track);
  Path line = racing_line(track);
  const Template lap = bake(line, CarModel{}, Conditions{}, Drive{});
  // Waves of 6 m, as a tenth of a metre in points 6 m apart makes them.
  for (std::size_t i = 0; i <= line.cells(); ++i)
    line.curvature_1pm[i] += 0.002 * std::sin(2 * M_PI * static_cast<double>(i % line.cells()) / 6);
  PathGrid grid(line);
  LaneBand(track, centre, line).add_asides(grid, line);
  Segment on_line{};
  on_line.drive = &lap;
  on_line.path = &grid;
  on_line.end_ms = static_cast<std::int64_t>(lap.duration_s * 1000);
  on_line.tau_s = lap.duration_s;
  on_line.over_per_ms = 1 / static_cast<double>(on_line.end_ms);
  set_pace(on_line, 1, 1);
  Segment beside = on_line;
  beside.aside = true;
  beside.band = 1;
  beside.side_m = 1.5 * kLane_m;
  for (std::int64_t ms = 0; ms + 10 <= on_line.end_ms; ms += 10) {
    const CarState own = state_at(on_line, ms), here = state_at(beside, ms), next = state_at(beside, ms + 10);
    ASSERT_LT(std::abs(here.a_mps2 - own.a_mps2), 1.5 * kAsideGravity_mps2) << ms;
    const double way_m = std::hypot(next.x_m - here.x_m, next.y_m - here.y_m);
    ASSERT_NEAR(way_m, 0.005 * (here.v_mps + next.v_mps), 0.006 * way_m) << ms;
  }
}

}  // namespace
}  // namespace racesim::race
