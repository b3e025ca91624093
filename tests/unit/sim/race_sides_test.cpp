// Goal: cars do not drive through each other: whoever is next to another one has a side of the road of its
// own. Method: all cars of random whole races every tenth of a second; two of them are one in the other when
// they overlap by length and by width, seen along the way that one drives. Before there were sides that held
// in about 1.9 % of the samples of a car (about 7,000 a race); what is left is counted, and mostly belongs to
// the first seconds of starts and restarts, where more cars come together than the road has lanes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sim/race/session.h"
#include "support/race_circuit.h"

namespace racesim::race {
namespace {

constexpr double kSideLength_m = 5.6, kSideWidth_m = 2.0;
constexpr std::int64_t kSideStep_ms = 100;

struct OnRoad {
  const Segment* segment;
  CarState state;
};

/// By the way that `a` drives around that time.
bool are_one_in_the_other(const OnRoad& a, const OnRoad& b, std::int64_t ms) {
  const double x_m = b.state.x_m - a.state.x_m, y_m = b.state.y_m - a.state.y_m;
  if (std::abs(x_m) + std::abs(y_m) > 1.5 * kSideLength_m) return false;
  const CarState before = state_at(*a.segment, std::max(a.segment->begin_ms, ms - 20));
  const CarState behind = state_at(*a.segment, std::min(a.segment->end_ms, ms + 20));
  const double ahead_x = behind.x_m - before.x_m, ahead_y = behind.y_m - before.y_m;
  const double way_m = std::hypot(ahead_x, ahead_y);
  if (way_m < 0.01) return false;
  return std::abs(x_m * ahead_x + y_m * ahead_y) < kSideLength_m * way_m &&
         std::abs(y_m * ahead_x - x_m * ahead_y) < kSideWidth_m * way_m;
}

/// Samples of pairs, in the first half minute behind lights that go out, and elsewhere.
struct Overlaps {
  std::size_t at_starts = 0, elsewhere = 0;
};

Overlaps overlaps_of(const Session& session) {
  const RacePlan& plan = session.plan();
  std::vector<std::int64_t> lights_ms{0};
  for (const CarPlan& car : plan.cars)
    for (const Restart& restart : car.restarts) lights_ms.push_back(restart.lights_ms);
  Overlaps found;
  for (std::int64_t ms = 0; ms < session.timelines().end_ms(); ms += kSideStep_ms) {
    std::vector<OnRoad> cars;
    for (std::size_t car = 0; car < plan.cars.size(); ++car) {
      if (session.timelines().empty(car) || ms >= session.timelines().off_air_ms(car)) continue;
      const Segment& segment = session.timelines().at(car, ms);
      if (segment.status != CarStatus::pit) cars.push_back({&segment, state_at(segment, ms)});
    }
    const bool starts = std::any_of(lights_ms.begin(), lights_ms.end(), [&](std::int64_t out_ms) {
      return ms >= out_ms && ms < out_ms + 30'000;
    });
    for (std::size_t a = 0; a < cars.size(); ++a)
      for (std::size_t b = 0; b < a; ++b)
        if (are_one_in_the_other(cars[a], cars[b], ms)) ++(starts ? found.at_starts : found.elsewhere);
  }
  return found;
}

TEST(RaceSides, CarsHaveSidesOfTheRoad) {
  Overlaps all;
  constexpr std::size_t kRaces = 3;
  race_test::Circuit circuit(52);
  for (std::uint64_t seed = 8'800; seed < 8'800 + kRaces; ++seed) {
    circuit.input.seed = seed;
    const Overlaps found = overlaps_of(Session(circuit.input, circuit.templates));
    all.at_starts += found.at_starts;
    all.elsewhere += found.elsewhere;
  }
  EXPECT_LT(all.at_starts / kRaces, 700U);
  EXPECT_LT(all.elsewhere / kRaces, 150U);
}

TEST(RaceSides, LanesLeaveTheRoadByAWheelAtMost) {
  const race_test::Circuit circuit(52);
  const Session session(circuit.input, circuit.templates);
  const Track& track = circuit.track;
  const std::size_t count = track.points.size();
  std::size_t beside = 0, far_off = 0;
  for (std::size_t car = 0; car < session.plan().cars.size(); ++car)
    for (std::int64_t ms = 0; ms < session.timelines().end_ms(); ms += 500) {
      const Segment& segment = session.timelines().at(car, ms);
      if (!segment.aside) continue;
      const CarState state = state_at(segment, ms);
      ++beside;
      double nearest_m = 1e9, road_m = 0;
      for (std::size_t i = 0; i < count; ++i) {
        const TrackPoint& p = track.points[i];
        const double apart_m = std::hypot(p.x_m - state.x_m, p.y_m - state.y_m);
        if (apart_m >= nearest_m) continue;
        const TrackPoint& q = track.points[(i + 1) % count];
        const bool left = (q.x_m - p.x_m) * (state.y_m - p.y_m) > (q.y_m - p.y_m) * (state.x_m - p.x_m);
        nearest_m = apart_m;
        road_m = left ? p.left_m : p.right_m;
      }
      // Points are 5 m apart.
      const double across_m = std::sqrt(std::max(0.0, nearest_m * nearest_m - 2.6 * 2.6));
      far_off += across_m > road_m + 1.5;
    }
  EXPECT_GT(beside, 500U);
  EXPECT_LT(far_off, beside / 50) << "of " << beside;
}

}  // namespace
}  // namespace racesim::race
