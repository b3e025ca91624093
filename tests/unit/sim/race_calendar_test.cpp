// Goal: a run of many sessions holds one in memory and gives the same ones whatever was looked at before.
// Method: look at sessions forward and backward, and at what is left of those that went by.
#include <gtest/gtest.h>

#include <memory>

#include "sim/race/calendar.h"
#include "support/race_circuit.h"

namespace racesim::race {
namespace {

TEST(RaceCalendar, ForgetsSessionsThatNobodyHolds) {
  const race_test::Circuit circuit(3);
  const Calendar calendar(circuit.input, circuit.templates, SampleRate{100'000});
  std::weak_ptr<const Session> first = calendar.at(0).session;
  EXPECT_FALSE(first.expired());
  const std::shared_ptr<const Session> held = calendar.at(1).session;
  EXPECT_TRUE(first.expired());
  EXPECT_EQ(calendar.at(2).session->plan().cars.size(), 20U);
  EXPECT_EQ(calendar.at(1).session, held) << "whoever holds a session is given no second one";
}

TEST(RaceCalendar, TheSameSessionsInAnyOrder) {
  const race_test::Circuit circuit(3);
  const Calendar forward(circuit.input, circuit.templates, SampleRate{100'000});
  const Calendar straight_on(circuit.input, circuit.templates, SampleRate{100'000});
  const std::int64_t third_ms = straight_on.at(2).session->length_ms();
  const auto counts = straight_on.at(2).before;
  EXPECT_NE(forward.at(0).session->length_ms(), third_ms);
  EXPECT_EQ(forward.at(2).session->length_ms(), third_ms);
  EXPECT_EQ(forward.at(0).before.samples, std::vector<std::uint64_t>(20, 0));
  EXPECT_EQ(forward.at(2).before.samples, counts.samples);
  EXPECT_EQ(forward.at(2).before.laps, counts.laps);
}

TEST(RaceCalendar, ASessionEndsBeforeTheNextHoweverLongTheLaps) {
  for (const SessionKind kind : {SessionKind::race, SessionKind::qualifying, SessionKind::practice})
    for (const double longer : {1.0, 2.0, 4.5, 9.0}) {
      race_test::Circuit circuit(52, kind);
      PlanInput& input = circuit.input;
      for (PieceTable& table : input.piece_tables)
        for (double& piece_s : table.seconds) piece_s *= longer;
      for (PitWay& way : input.pit_ways)
        for (double& piece_s : way.piece_s) piece_s *= longer;
      for (StartWay& way : input.start_ways)
        for (double& reach_s : way.reach_s) reach_s *= longer;
      input.fuel_per_lap_kg *= longer;
      const Calendar calendar(input, circuit.templates, SampleRate{100'000});
      EXPECT_LT(plan_session(input).end_ms + 5 * 60'000, calendar.period_ms())
          << longer << " times Silverstone";
      if (longer == 1 && kind == SessionKind::race) {
        EXPECT_EQ(calendar.period_ms(), 3 * 3'600'000);
      }
    }
}

TEST(RaceCalendar, KnowsWhenASessionIsOver) {
  const race_test::Circuit circuit(3);
  const Calendar calendar(circuit.input, circuit.templates, SampleRate{100'000});
  EXPECT_FALSE(calendar.is_over(0, calendar.period_ms())) << "not planned yet";
  const std::int64_t length_ms = calendar.at(0).session->length_ms();
  EXPECT_FALSE(calendar.is_over(0, length_ms - 1));
  EXPECT_TRUE(calendar.is_over(0, length_ms));
  EXPECT_FALSE(calendar.is_over(1, calendar.period_ms()));
}

}  // namespace
}  // namespace racesim::race
