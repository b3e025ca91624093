// Goal: qualifying and practice come in the form of a race's plan and follow their own rules: parts,
// knock-outs, laps that count. Method: plan sessions of some seeds on the made-up track and check passes,
// pieces, results.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "support/race_plan_world.h"

namespace racesim::race {
namespace {

constexpr std::uint64_t kSessionSeeds = 25;

RacePlan session(SessionKind kind, std::uint64_t seed, std::uint32_t cars = 20) {
  PlanInput input = world_input(seed, 52, cars);
  input.kind = kind;
  return plan_session(input);
}

class AnySession : public testing::TestWithParam<SessionKind> {};

TEST_P(AnySession, PassesAscendAndPiecesAreSmooth) {
  for (std::uint64_t seed = 0; seed < kSessionSeeds; ++seed) {
    const RacePlan plan = session(GetParam(), seed);
    for (const CarPlan& c : plan.cars) {
      ASSERT_EQ(c.pieces.size() + 1, c.passes.size());
      for (std::size_t i = 1; i < c.passes.size(); ++i)
        ASSERT_GT(c.passes[i].time_ms, c.passes[i - 1].time_ms);
      for (std::size_t i = 1; i < c.pieces.size(); ++i) {
        const Piece& a = c.pieces[i - 1];
        const Piece& b = c.pieces[i];
        ASSERT_GE(b.ratio, 0.998);
        ASSERT_LT(std::max(a.ratio / b.ratio, b.ratio / a.ratio) - 1, a.ramp || b.ramp ? 0.17 : 0.05);
      }
    }
  }
}

TEST_P(AnySession, BeginsAndEndsInTheBox) {
  const RacePlan plan = session(GetParam(), 3);
  for (const CarPlan& c : plan.cars) {
    EXPECT_EQ(plan.checkpoint_of(c, 0), 15U);
    EXPECT_EQ(plan.lap_of(c, 0), 0U);
    EXPECT_LT(c.stops.front().arrive_ms, 0);
    EXPECT_GT(c.go_ms, 0);
    EXPECT_TRUE(c.retirement.in_pit);
    EXPECT_EQ(c.retirement.cause, Cause::none);
    EXPECT_EQ(c.retirement.last_pass + 1, c.passes.size());
    EXPECT_GT(c.retirement.halt_ms, c.passes.back().time_ms);
    for (std::size_t i = 1; i < c.stops.size(); ++i) {
      EXPECT_EQ(plan.checkpoint_of(c, c.stops[i].entry_pass), 15U);
      EXPECT_EQ(c.pieces.at(c.stops[i].entry_pass).way, Way::pit);
    }
  }
}

TEST_P(AnySession, LapsAreTheTimesBetweenPassesOfTheLine) {
  const RacePlan plan = session(GetParam(), 4);
  for (const CarPlan& c : plan.cars)
    for (std::size_t l = 0; l < c.laps.size(); ++l) {
      const std::size_t i = (l + 1) * plan.checkpoints - c.first_pass;
      ASSERT_EQ(plan.checkpoint_of(c, i), 0U);
      ASSERT_EQ(plan.lap_of(c, i), l + 1);
      if (!c.laps[l].from_box) {
        EXPECT_EQ(c.laps[l].begin_ms, c.passes[i].time_ms);
      } else {
        const auto leaves = std::count_if(c.stops.begin(), c.stops.end(), [&](const PitStop& stop) {
          return std::max(stop.leave_ms, c.passes[i].time_ms) == c.laps[l].begin_ms;
        });
        EXPECT_GE(leaves, 1) << "a lap from the box begins when the car leaves it, or at the line behind";
        EXPECT_GE(c.laps[l].begin_ms, 0);
      }
      EXPECT_EQ(c.laps[l].end_ms, c.passes[i + plan.checkpoints].time_ms);
    }
}

TEST_P(AnySession, EveryPlaceIsTakenOnce) {
  for (const std::uint32_t cars : {1U, 7U, 20U}) {
    const RacePlan plan = session(GetParam(), 5, cars);
    std::set<int> places;
    for (const CarPlan& c : plan.cars) places.insert(c.position);
    EXPECT_EQ(places.size(), cars);
    EXPECT_EQ(*places.rbegin(), static_cast<int>(cars));
  }
}

INSTANTIATE_TEST_SUITE_P(RacePlan, AnySession,
                         testing::Values(SessionKind::qualifying, SessionKind::practice));

TEST(RacePlanQualifying, FifteenAndTenGoOn) {
  for (std::uint64_t seed = 0; seed < kSessionSeeds; ++seed) {
    const RacePlan plan = session(SessionKind::qualifying, seed);
    ASSERT_EQ(plan.parts.size(), 3U);
    EXPECT_EQ(plan.parts[0].cars.size(), 20U);
    EXPECT_EQ(plan.parts[1].cars.size(), 15U);
    EXPECT_EQ(plan.parts[2].cars.size(), 10U);
    for (std::size_t part = 0; part < 3; ++part) {
      std::int64_t slowest_in = 0, fastest_out = INT64_MAX;
      const auto& stay = part < 2 ? plan.parts[part + 1].cars : plan.parts[2].cars;
      for (const std::uint32_t i : plan.parts[part].cars) {
        const CarPlan& c = plan.cars[i];
        const bool in = std::find(stay.begin(), stay.end(), i) != stay.end();
        const std::int64_t best_ms = c.part_best_ms[part] == 0 ? INT64_MAX : c.part_best_ms[part];
        if (in) slowest_in = std::max(slowest_in, best_ms);
        if (!in) fastest_out = std::min(fastest_out, best_ms);
        if (part < 2 && !in) {
          EXPECT_GT(c.position, stay.size());
        }
        EXPECT_LE(c.position, plan.parts[part].cars.size());
      }
      EXPECT_LE(slowest_in, fastest_out);
    }
  }
}

TEST(RacePlanQualifying, PoleIsAFastLapAndTheFieldIsWithinThreeSeconds) {
  for (std::uint64_t seed = 0; seed < kSessionSeeds; ++seed) {
    const RacePlan plan = session(SessionKind::qualifying, seed);
    std::int64_t first_ms = 0, last_ms = 0;
    for (const CarPlan& c : plan.cars) {
      if (c.position == 1) first_ms = c.part_best_ms[2];
      if (c.position == 20) last_ms = c.part_best_ms[0];
    }
    EXPECT_GT(first_ms, 84'000);
    EXPECT_LT(first_ms, 86'500);
    if (last_ms != 0) {
      EXPECT_LT(last_ms - first_ms, 4'000);
    }
  }
}

TEST(RacePlanQualifying, NobodyBeginsAFastLapBehindTheFlag) {
  for (std::uint64_t seed = 0; seed < kSessionSeeds; ++seed) {
    const RacePlan plan = session(SessionKind::qualifying, seed);
    for (const CarPlan& c : plan.cars)
      for (const LapPlan& lap : c.laps) {
        if (lap.pit_in || lap.pit_out) continue;
        EXPECT_TRUE(std::any_of(plan.parts.begin(), plan.parts.end(), [&](const SessionPart& p) {
          return lap.begin_ms >= p.begin_ms && lap.begin_ms < p.end_ms;
        }));
      }
  }
}

TEST(RacePlanPractice, HasLongAndShortRunsWithinTheHour) {
  const RacePlan plan = session(SessionKind::practice, 8);
  ASSERT_EQ(plan.parts.size(), 1U);
  EXPECT_EQ(plan.parts[0].end_ms, 3'600'000);
  EXPECT_LT(plan.end_ms, 3'900'000);
  for (const CarPlan& c : plan.cars) {
    EXPECT_GE(c.laps.size(), 12U);
    EXPECT_LE(c.laps.size(), 35U);
    EXPECT_GE(c.stops.size(), 3U);
  }
}

}  // namespace
}  // namespace racesim::race
