// Goal: what happens in races happens as often as in real ones, and a race that is stopped keeps its order.
// Method: plan races on the made-up track, on seeds that were not used for tuning, count, and hold against
// bands of four standard errors around the shared facts; follow every car through each red flag.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "support/race_plan_world.h"

namespace racesim::race {
namespace {

constexpr std::uint64_t kEventSeed = 730'000;
constexpr std::size_t kEventRaces = 240;

const std::vector<RacePlan>& event_races() {
  static const std::vector<RacePlan> plans = [] {
    std::vector<RacePlan> made;
    for (std::uint64_t i = 0; i < kEventRaces; ++i) made.push_back(plan_session(world_input(kEventSeed + i)));
    return made;
  }();
  return plans;
}

double per_race(const std::function<double(const RacePlan&)>& count) {
  double sum = 0;
  for (const RacePlan& plan : event_races()) sum += count(plan);
  return sum / static_cast<double>(kEventRaces);
}

const FlagPhase* red_phase(const RacePlan& plan) {
  for (const FlagPhase& phase : plan.phases)
    if (phase.flag == Flag::red) return &phase;
  return nullptr;
}

std::size_t messages_of(const RacePlan& plan, const std::string& part) {
  return static_cast<std::size_t>(
      std::count_if(plan.messages.begin(), plan.messages.end(),
                    [&](const ControlMessage& m) { return m.text.find(part) != std::string::npos; }));
}

TEST(RacePlanEvents, FlagsPerRace) {
  const auto phases = [](Flag flag) {
    return [flag](const RacePlan& plan) {
      return static_cast<double>(std::count_if(plan.phases.begin(), plan.phases.end(),
                                               [&](const FlagPhase& p) { return p.flag == flag; }));
    };
  };
  EXPECT_NEAR(per_race(phases(Flag::sc)), 0.7, 0.2);
  EXPECT_NEAR(per_race(phases(Flag::vsc)), 0.5, 0.2);
  EXPECT_NEAR(per_race(phases(Flag::red)), 0.2, 0.1);
}

TEST(RacePlanEvents, TheFirstLap) {
  double changed = 0, cars = 0;
  const double contact = per_race([&](const RacePlan& plan) {
    bool touched = messages_of(plan, "NOTED") > 0;
    for (std::size_t i = 0; i < plan.cars.size(); ++i) {
      const CarPlan& c = plan.cars[i];
      const Retirement& r = c.retirement;
      touched = touched || (r.reason == "collision damage" && r.last_pass < plan.checkpoints);
      if (c.laps.empty()) continue;
      changed += std::abs(static_cast<int>(plan.standings.at(i, c.laps[0].end_ms).position) -
                          static_cast<int>(c.grid));
      ++cars;
    }
    return touched ? 1.0 : 0.0;
  });
  EXPECT_NEAR(contact, 0.33, 0.13);
  EXPECT_NEAR(changed / cars, 2, 0.4);
}

/// Old tyres, and a long rest: nearly all come in under a safety car, fewer under a virtual one.
TEST(RacePlanEvents, CheapStops) {
  std::map<Flag, std::pair<double, double>> stops;  // taken, of so many
  for (const RacePlan& plan : event_races())
    for (const FlagPhase& phase : plan.phases) {
      if (phase.flag != Flag::sc && phase.flag != Flag::vsc) continue;
      const FlagPhase* red = red_phase(plan);
      if (red != nullptr && red->begin_ms <= phase.end_ms) continue;
      for (const CarPlan& c : plan.cars) {
        const auto lap = std::find_if(c.laps.begin(), c.laps.end(), [&](const LapPlan& l) {
          return l.begin_ms <= phase.begin_ms && phase.begin_ms < l.end_ms;
        });
        if (lap == c.laps.end() || c.retirement.cause != Cause::none) continue;
        const std::size_t left = plan.laps - static_cast<std::size_t>(lap - c.laps.begin()) - 1;
        if (lap->tyre_age_laps < 12 || left < 14) continue;
        ++stops[phase.flag].second;
        stops[phase.flag].first += std::any_of(c.stops.begin(), c.stops.end(), [&](const PitStop& s) {
          return s.arrive_ms > phase.begin_ms && s.arrive_ms < phase.end_ms;
        });
      }
    }
  EXPECT_GT(stops[Flag::sc].second, 200);
  EXPECT_GT(stops[Flag::sc].first / stops[Flag::sc].second, 0.9);
  EXPECT_GT(stops[Flag::vsc].first / stops[Flag::vsc].second, 0.2);
  EXPECT_LT(stops[Flag::vsc].first / stops[Flag::vsc].second, 0.6);
}

TEST(RacePlanEvents, PenaltiesAreServedOrAdded) {
  double served = 0, added = 0;
  for (const RacePlan& plan : event_races()) {
    std::size_t given = 0;
    std::vector<std::pair<std::uint16_t, std::pair<std::size_t, std::int64_t>>> result;
    for (const CarPlan& c : plan.cars) {
      given += c.penalties.size();
      for (const Penalty& p : c.penalties) {
        (p.served ? served : added) += 1;
        EXPECT_TRUE(p.seconds == 5 || (p.seconds == 10 && p.fault == Fault::collision));
      }
      if (c.finished && plan.counted_laps == 0)
        result.push_back({c.position, {c.passes.size(), c.passes.back().time_ms + 1000 * c.added_s()}});
      const auto deleted = static_cast<std::size_t>(
          std::count_if(c.laps.begin(), c.laps.end(), [](const LapPlan& l) { return !l.is_valid; }));
      const auto limits = static_cast<std::size_t>(
          std::count_if(c.penalties.begin(), c.penalties.end(),
                        [](const Penalty& p) { return p.fault == Fault::track_limits; }));
      EXPECT_EQ(limits, deleted > 3 ? deleted - 3 : 0) << "three strikes are free";
    }
    std::size_t told = 0;
    for (const ControlMessage& m : plan.messages) {
      told += m.seconds > 0 && m.reason != "SERVED" ? 1 : 0;
      EXPECT_EQ(m.seconds > 0, !m.reason.empty());
    }
    EXPECT_EQ(told, given);
    std::sort(result.begin(), result.end());
    for (std::size_t i = 1; i < result.size(); ++i) {
      const auto &a = result[i - 1].second, &b = result[i].second;
      EXPECT_TRUE(a.first > b.first || (a.first == b.first && a.second <= b.second));
    }
  }
  EXPECT_NEAR((served + added) / static_cast<double>(kEventRaces), 2.3, 0.7);
  EXPECT_GT(served, 30);
}

/// All stand in the queue in the race's order, get new tyres, and start in the order of the queue; nobody
/// loses a lap.
TEST(RacePlanEvents, ARedFlagKeepsTheOrder) {
  std::size_t restarts = 0, ended = 0;
  for (const RacePlan& plan : event_races()) {
    const FlagPhase* red = red_phase(plan);
    if (red == nullptr) continue;
    if (plan.counted_laps == 0) {
      const double minutes = static_cast<double>(red->end_ms - red->begin_ms) / 60'000;
      EXPECT_GE(minutes, 10);
      EXPECT_LE(minutes, 48);
      EXPECT_EQ(messages_of(plan, "RESTART"), 1U);
      ++restarts;
    } else {
      EXPECT_GE(4 * plan.counted_laps, 3 * plan.laps - 3);
      EXPECT_EQ(messages_of(plan, "NOT BE RESUMED"), 1U);
      ++ended;
    }
    std::map<std::uint16_t, const CarPlan*> queue;
    for (const CarPlan& c : plan.cars)
      for (const PitStop& s : c.stops)
        if (s.queue > 0) {
          EXPECT_TRUE(queue.emplace(s.queue, &c).second);
        }
    EXPECT_GE(queue.size(), 5U);
    const CarPlan* before = nullptr;
    std::int64_t go_ms = 0;
    for (const auto& [place, c] : queue) {
      const auto stop =
          std::find_if(c->stops.begin(), c->stops.end(), [](const PitStop& s) { return s.queue > 0; });
      EXPECT_GT(stop->arrive_ms, red->begin_ms);
      if (before != nullptr) {
        const auto ahead = std::find_if(before->stops.begin(), before->stops.end(),
                                        [](const PitStop& s) { return s.queue > 0; });
        EXPECT_GE(ahead->entry_pass, stop->entry_pass);
        EXPECT_LT(ahead->arrive_ms, stop->arrive_ms);
      }
      before = c;
      if (plan.counted_laps > 0) continue;
      ASSERT_EQ(c->restarts.size(), 1U);
      EXPECT_EQ(c->restarts[0].slot, place);
      EXPECT_GT(c->restarts[0].go_ms, red->end_ms);
      EXPECT_LT(c->restarts[0].arrive_ms, red->end_ms);
      go_ms = std::max(go_ms, c->restarts[0].go_ms);
    }
    if (plan.counted_laps == 0) {
      EXPECT_LT(go_ms - red->end_ms, 2000);
    }
    for (const CarPlan& c : plan.cars)
      EXPECT_TRUE(!c.finished || std::any_of(c.stops.begin(), c.stops.end(), [](const PitStop& s) {
        return s.queue > 0;
      })) << "whoever finished was stopped";
  }
  EXPECT_GT(restarts, 15U);
  EXPECT_GT(ended, 0U);
}

TEST(RacePlanEvents, NobodyHurriesUnderARedFlag) {
  for (const RacePlan& plan : event_races()) {
    const FlagPhase* red = red_phase(plan);
    if (red == nullptr) continue;
    for (const CarPlan& c : plan.cars)
      for (std::size_t i = 0; i < c.pieces.size(); ++i) {
        const std::int64_t from_ms = c.passes[i].time_ms;
        if (c.pieces[i].way != Way::line || from_ms < red->begin_ms + 45'000 || from_ms >= red->end_ms)
          continue;
        const bool merges = i > 0 && c.pieces[i - 1].way == Way::pit;
        EXPECT_GT(c.pieces[i].ratio, merges ? 1.4 : 1.5);
      }
  }
}

}  // namespace
}  // namespace racesim::race
