// Goal: cars do not drive through each other: whoever is next to another one has a side of the road of its
// own, and in qualifying and practice the slow ones give way. Method: all cars of random whole races every
// tenth of a second; two of them are one in the other when they overlap by length and by width, seen along
// the way that one drives. Before there were sides that held in about 1.9 % of the samples of a car (about
// 7,000 a race); what is left is counted, and mostly belongs to the first seconds of starts and restarts,
// where more cars come together than the road has lanes.
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

/// By the way that `a` drives around that time. Cars `width_m` wide: with several they are next to each
/// other.
bool are_one_in_the_other(const OnRoad& a, const OnRoad& b, std::int64_t ms, double width_m = kSideWidth_m) {
  const double x_m = b.state.x_m - a.state.x_m, y_m = b.state.y_m - a.state.y_m;
  if (std::abs(x_m) + std::abs(y_m) > 1.5 * (kSideLength_m + width_m - kSideWidth_m)) return false;
  const CarState before = state_at(*a.segment, std::max(a.segment->begin_ms, ms - 20));
  const CarState behind = state_at(*a.segment, std::min(a.segment->end_ms, ms + 20));
  const double ahead_x = behind.x_m - before.x_m, ahead_y = behind.y_m - before.y_m;
  const double way_m = std::hypot(ahead_x, ahead_y);
  if (way_m < 0.01) return false;
  return std::abs(x_m * ahead_x + y_m * ahead_y) < kSideLength_m * way_m &&
         std::abs(y_m * ahead_x - x_m * ahead_y) < width_m * way_m;
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

/// Whether the car drives for a time then: a lap that counts, and about its best.
bool drives_for_a_time(const RacePlan& plan, const CarPlan& car, std::int64_t ms) {
  return std::any_of(car.laps.begin(), car.laps.end(), [&](const LapPlan& lap) {
    const auto took_ms = static_cast<double>(lap.end_ms - lap.begin_ms);
    return ms >= lap.begin_ms && ms < lap.end_ms && plan.counts(lap) && !lap.pit_out &&
           took_ms < 1.01 * static_cast<double>(car.best_lap_ms);
  });
}

/// Samples of cars that drive for a time, how many of them are beside the line, how often a slow car is next
/// to them, and how often in them.
struct Timed {
  std::size_t samples = 0, aside = 0, next_to = 0, in = 0;
};

Timed timed_of(const Session& session) {
  Timed found;
  const RacePlan& plan = session.plan();
  for (std::int64_t ms = 0; ms < session.timelines().end_ms(); ms += kSideStep_ms) {
    std::vector<OnRoad> fast, slow;
    for (std::size_t car = 0; car < plan.cars.size(); ++car) {
      if (session.timelines().empty(car) || ms >= session.timelines().off_air_ms(car)) continue;
      const Segment& segment = session.timelines().at(car, ms);
      if (segment.status != CarStatus::on_track) continue;
      (drives_for_a_time(plan, plan.cars[car], ms) ? fast : slow)
          .push_back({&segment, state_at(segment, ms)});
    }
    for (const OnRoad& a : fast) {
      ++found.samples;
      found.aside += a.segment->aside;
      for (const OnRoad& b : slow) {
        found.next_to += are_one_in_the_other(a, b, ms, 10);
        found.in += are_one_in_the_other(a, b, ms);
      }
    }
  }
  return found;
}

// A car that was slow before its lap may still come back to the line when it begins. What is left are changes
// of side that were under way, and places where a slow car just leaves the pit lane.
TEST(RaceSides, SlowCarsGiveWayToThoseThatDriveForATime) {
  for (const SessionKind kind : {SessionKind::qualifying, SessionKind::practice}) {
    race_test::Circuit circuit(1, kind);
    Timed all;
    for (const std::uint64_t seed : {8'801U, 8'802U}) {
      circuit.input.seed = seed;
      const Timed found = timed_of(Session(circuit.input, circuit.templates));
      all.samples += found.samples;
      all.aside += found.aside;
      all.next_to += found.next_to;
      all.in += found.in;
    }
    EXPECT_LT(all.aside, all.samples / 100);
    EXPECT_GT(all.next_to, 1'000U);
    EXPECT_LT(all.in, all.next_to * 8 / 100);
  }
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
