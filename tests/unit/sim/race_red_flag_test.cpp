// Goal: what a red flag does to a session from the flag to its end: launches as at the start, a race that is
// given up ends in the pit lane, two hours without the time that the race stood, room in the calendar.
// Method: plans of seeds in turn until one has what is looked for, rendered, and followed car by car.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "sim/race/calendar.h"
#include "sim/race/plan/outcome.h"
#include "sim/race/session.h"
#include "support/race_circuit.h"

namespace racesim::race {
namespace {

const FlagPhase* red_of(const RacePlan& plan) {
  for (const FlagPhase& phase : plan.phases)
    if (phase.flag == Flag::red) return &phase;
  return nullptr;
}

/// Sets the first seed whose plan is wanted.
bool find_seed(PlanInput& input, const std::function<bool(const RacePlan&)>& wanted) {
  for (input.seed = 1; input.seed < 400; ++input.seed)
    if (wanted(plan_session(input))) return true;
  return false;
}

std::int64_t told_ms(const RacePlan& plan, const char* text) {
  for (const ControlMessage& m : plan.messages)
    if (m.text.find(text) != std::string::npos) return m.time_ms;
  return -1;
}

TEST(RaceRedFlag, ARestartIsLaunchedLikeAStart) {
  race_test::Circuit circuit(52);
  ASSERT_TRUE(find_seed(circuit.input, [](const RacePlan& plan) { return told_ms(plan, "RESTART") >= 0; }));
  const Session session(circuit.input, circuit.templates);
  std::size_t started = 0, spun = 0;
  for (std::size_t car = 0; car < session.plan().cars.size(); ++car) {
    if (session.plan().cars[car].restarts.empty()) continue;
    const Restart& restart = session.plan().cars[car].restarts[0];
    ++started;
    const auto rpm_at_ms = [&](std::int64_t ms) {
      const Segment& segment = session.timelines().at(car, ms);
      return engine_rpm(segment, state_at(segment, ms));
    };
    EXPECT_LT(rpm_at_ms(restart.lights_ms - 4'600), 5'000) << "idles while the others come";
    for (const std::int64_t ms : {restart.lights_ms, restart.go_ms - 1}) {
      EXPECT_NEAR(rpm_at_ms(ms), 10'000, 600);
      EXPECT_EQ(session.timelines().at(car, ms).gear, 1);
      EXPECT_EQ(session.timelines().at(car, ms).status, CarStatus::grid);
    }
    const Segment& launch = session.timelines().at(car, restart.go_ms + 200);
    spun += launch.spin_rpm > 0;
    CarState state = state_at(launch, restart.go_ms + 200);
    Segment gripping = launch;
    gripping.spin_rpm = 0;
    EXPECT_EQ(engine_rpm(launch, state) > engine_rpm(gripping, state), launch.spin_rpm > 0);
  }
  EXPECT_GT(started, 10U);
  EXPECT_GT(spun, 0U);
  EXPECT_LT(spun, started);
}

TEST(RaceRedFlag, ARaceThatIsGivenUpEndsInThePitLane) {
  race_test::Circuit circuit(52);
  ASSERT_TRUE(find_seed(circuit.input, [](const RacePlan& plan) { return plan.counted_laps > 0; }));
  const Session session(circuit.input, circuit.templates);
  const RacePlan& plan = session.plan();
  const std::int64_t over_ms = told_ms(plan, "NOT BE RESUMED"), end_ms = session.timelines().end_ms();
  EXPECT_GT(over_ms, red_of(plan)->begin_ms);
  EXPECT_GT(end_ms, over_ms) << "the message is told while cars are on the air";
  std::size_t finished = 0;
  std::vector<std::size_t> laps(plan.cars.size() + 1);
  std::vector<std::uint16_t> points(plan.cars.size() + 1);
  for (std::uint32_t car = 0; car < plan.cars.size(); ++car) {
    const CarPlan& c = plan.cars[car];
    const Outcome outcome = outcome_of(plan, car);
    EXPECT_EQ(outcome.laps, plan.counted_laps_of(c));
    EXPECT_EQ(outcome.position, c.position);
    laps[outcome.position] = outcome.laps;
    points[outcome.position] = outcome.points;
    if (!c.finished) continue;
    ++finished;
    EXPECT_LE(outcome.laps, plan.counted_laps);
    // From its halt in the queue on it stands, in the lane's order.
    ASSERT_FALSE(c.stops.empty());
    ASSERT_GT(c.stops.back().queue, 0U);
    const std::int64_t halt_ms = c.stops.back().arrive_ms;
    const Segment& last = session.timelines().at(car, end_ms - 1);
    EXPECT_EQ(last.begin_ms, halt_ms) << "no lap behind the flag";
    EXPECT_EQ(last.status, CarStatus::finished);
    const CarState there = state_at(last, halt_ms), later = state_at(last, end_ms - 1);
    EXPECT_EQ(later.v_mps, 0);
    EXPECT_EQ(there.x_m, later.x_m);
  }
  EXPECT_GT(finished, 8U);
  EXPECT_EQ(laps[1], plan.counted_laps);
  for (std::size_t place = 2; place < laps.size(); ++place) {
    EXPECT_LE(points[place], points[place - 1]);
    EXPECT_LE(laps[place], laps[1]);
  }
  // The road's order runs on until all stand; behind it cars may differ from the result by places that were
  // changed behind the line that counts.
  std::size_t moved = 0;
  for (std::size_t car = 0; car < plan.cars.size(); ++car) {
    const int road = static_cast<int>(plan.standings.at(car, end_ms - 1).position);
    moved += std::abs(road - static_cast<int>(plan.cars[car].position)) > 3 ? 1U : 0U;
  }
  EXPECT_EQ(moved, 0U);
}

TEST(RaceRedFlag, TwoHoursAreWithoutTheTimeThatTheRaceStood) {
  constexpr std::int64_t kTwoHours_ms = 2 * 3'600'000, kLap_ms = 100'000;
  PlanInput input = world_input(0, 90);
  input.time_limit_ms = kTwoHours_ms;
  for (const bool stopped : {false, true}) {
    ASSERT_TRUE(find_seed(input, [&](const RacePlan& plan) {
      return (red_of(plan) != nullptr) == stopped && plan.counted_laps == 0;
    }));
    const RacePlan plan = plan_session(input);
    std::int64_t won_ms = INT64_MAX, stood_ms = 0;
    for (const CarPlan& car : plan.cars)
      if (car.finished && car.laps.size() == plan.laps) won_ms = std::min(won_ms, car.passes.back().time_ms);
    if (stopped) stood_ms = red_of(plan)->end_ms - red_of(plan)->begin_ms;
    EXPECT_LT(plan.laps, 90U);
    EXPECT_GE(won_ms - stood_ms, kTwoHours_ms);
    EXPECT_LT(won_ms - stood_ms, kTwoHours_ms + 5 * kLap_ms / 2) << "the lap that runs, and one more";
    if (stopped) {
      EXPECT_GT(stood_ms, 600'000);
    }
  }
}

TEST(RaceRedFlag, TheLongestRaceFitsTheCalendar) {
  race_test::Circuit circuit(90);
  const Calendar calendar(circuit.input, circuit.templates, SampleRate{100'000});
  std::int64_t longest_ms = 0;
  std::uint64_t longest = 0;
  std::size_t stopped = 0;
  PlanInput input = circuit.input;
  for (input.seed = 1; input.seed < 80; ++input.seed) {
    const RacePlan plan = plan_session(input);
    stopped += red_of(plan) != nullptr;
    if (plan.end_ms > longest_ms) {
      longest_ms = plan.end_ms;
      longest = input.seed;
    }
  }
  EXPECT_GT(stopped, 5U);
  input.seed = longest;
  EXPECT_GT(longest_ms, 2 * 3'600'000);
  EXPECT_LT(Session(input, circuit.templates).length_ms(), calendar.period_ms());
}

}  // namespace
}  // namespace racesim::race
