// Goal: behind the chequered flag cars drive a lap, one behind the other, and stand apart in the pit lane; a
// car that is out falls silent some minutes after its halt, and its numbers go on in the next session.
// Method: where the cars of whole planned races are, every fifth of a second behind the flag; the counts of a
// calendar against those of its sessions.
#include <gtest/gtest.h>

#include <cmath>

#include "sim/race/calendar.h"
#include "sim/race/session.h"
#include "support/race_circuit.h"

namespace racesim::race {
namespace {

constexpr double kCarLength_m = 5.6;

CarState state_of(const Session& session, std::size_t car, std::int64_t time_ms) {
  return state_at(session.timelines().at(car, time_ms), time_ms);
}

double apart_m(const CarState& a, const CarState& b) {
  return std::hypot(a.x_m - b.x_m, a.y_m - b.y_m);
}

TEST(RaceAfterTheFlag, FinishersDriveALapInLineAndParkApart) {
  for (const std::uint64_t seed : {3, 42, 71}) {
    race_test::Circuit circuit(52);
    circuit.input.seed = seed;
    const Session session(circuit.input, circuit.templates);
    const RacePlan& plan = session.plan();
    std::vector<std::size_t> finishers;
    std::int64_t first_ms = INT64_MAX;
    for (std::size_t i = 0; i < plan.cars.size(); ++i) {
      if (!plan.cars[i].finished) continue;
      finishers.push_back(i);
      first_ms = std::min(first_ms, plan.cars[i].passes.back().time_ms);
    }
    ASSERT_GT(finishers.size(), 8U);
    double nearest_m = 1e9;
    const std::int64_t end_ms = session.timelines().end_ms();
    for (std::int64_t ms = first_ms; ms < end_ms; ms += 200)
      for (std::size_t a = 0; a < finishers.size(); ++a)
        for (std::size_t b = 0; b < a; ++b) {
          const auto flag_ms = [&](std::size_t i) { return plan.cars[finishers[i]].passes.back().time_ms; };
          if (ms < flag_ms(a) + 30'000 || ms < flag_ms(b) + 30'000) continue;
          nearest_m = std::min(
              nearest_m, apart_m(state_of(session, finishers[a], ms), state_of(session, finishers[b], ms)));
        }
    EXPECT_GT(nearest_m, kCarLength_m) << "seed " << seed;
    for (const std::size_t car : finishers) {
      const CarState parked = state_of(session, car, end_ms - 1);
      EXPECT_EQ(parked.v_mps, 0);
      EXPECT_EQ(session.timelines().at(car, end_ms - 1).status, CarStatus::finished);
      EXPECT_EQ(session.timelines().off_air_ms(car), end_ms);
    }
  }
}

TEST(RaceAfterTheFlag, ACarThatIsOutFallsSilent) {
  const race_test::Circuit circuit(52);
  std::size_t out = 0, silent = 0;
  const Calendar calendar(circuit.input, circuit.templates, SampleRate{100'000});
  for (std::uint64_t index = 0; index < 3; ++index) {
    const auto session = calendar.at(index).session;
    const std::int64_t end_ms = session->timelines().end_ms();
    for (std::size_t car = 0; car < session->plan().cars.size(); ++car) {
      const std::int64_t off_ms = session->timelines().off_air_ms(car);
      const CarStatus last = session->timelines().at(car, off_ms - 1).status;
      if (last == CarStatus::out) {
        ++out;
        EXPECT_EQ(state_of(*session, car, off_ms - 1).v_mps, 0);
        EXPECT_TRUE(off_ms == end_ms || state_of(*session, car, off_ms - 180'050).v_mps > 0)
            << "three minutes before it was still rolling";
      } else {
        EXPECT_EQ(off_ms, end_ms);
      }
      silent += off_ms < end_ms;
      EXPECT_EQ(calendar.at(index + 1).before.samples[car] - calendar.at(index).before.samples[car],
                SampleRate{100'000}.first_at(session->on_air_ms(car)));
    }
  }
  EXPECT_GT(silent, 2U);
  EXPECT_GE(out, silent);
}

}  // namespace
}  // namespace racesim::race
