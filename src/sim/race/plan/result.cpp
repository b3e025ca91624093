#include "sim/race/plan/result.h"

#include <algorithm>
#include <array>

namespace racesim::race {
namespace {

constexpr std::array<std::uint16_t, 10> kPoints{25, 18, 15, 12, 10, 8, 6, 4, 2, 1};
constexpr std::array<std::uint16_t, 8> kSprintPoints{8, 7, 6, 5, 4, 3, 2, 1};
constexpr std::size_t kClassifiedShare_pct = 90;  ///< of the winner's laps, rounded down to whole ones

/// A race's first laps are each the fastest so far, which is no news.
bool is_news(const RacePlan& plan, std::uint32_t lap) {
  return plan.kind != SessionKind::race || lap >= 3;
}

/// Best laps, and a message whenever the best of the race, or of the part of the session, falls.
void find_best_laps(const PlanInput& input, RacePlan& plan) {
  struct Ended {
    std::int64_t end_ms;
    std::int64_t time_ms;
    std::uint32_t car;
    std::uint32_t lap;
  };
  std::vector<Ended> all;
  for (std::uint32_t i = 0; i < plan.cars.size(); ++i) {
    CarPlan& c = plan.cars[i];
    for (std::uint32_t l = 0; l < c.laps.size(); ++l) {
      const LapPlan& lap = c.laps[l];
      const std::int64_t time_ms = lap.end_ms - lap.begin_ms;
      if (!plan.counts(lap)) continue;
      all.push_back({lap.end_ms, time_ms, i, l + 1});
      if (c.best_lap_ms == 0 || time_ms < c.best_lap_ms) c.best_lap_ms = time_ms;
    }
  }
  std::sort(all.begin(), all.end(), [](const Ended& a, const Ended& b) {
    return a.end_ms != b.end_ms ? a.end_ms < b.end_ms : a.car < b.car;
  });
  std::int64_t part_best_ms = INT64_MAX;
  std::size_t part = 0;
  for (const Ended& e : all) {
    if (plan.fastest_lap_ms == 0 || e.time_ms < plan.fastest_lap_ms) {
      plan.fastest_lap_ms = e.time_ms;
      plan.fastest_car = e.car;
    }
    for (; part < plan.parts.size() && plan.parts[part].begin_ms <= e.end_ms; ++part)
      part_best_ms = INT64_MAX;
    if (e.time_ms >= part_best_ms) continue;
    part_best_ms = e.time_ms;
    if (!is_news(plan, e.lap)) continue;
    const Entry& entry = input.entries[plan.cars[e.car].entry];
    const std::int64_t t = e.time_ms;
    std::string thousandths = std::to_string(1000 + t % 1000).substr(1);
    std::string seconds = std::to_string(100 + t / 1000 % 60).substr(1);
    plan.messages.push_back({e.end_ms,
                             e.lap,
                             Category::fastest_lap,
                             Flag::none,
                             Scope::driver,
                             0,
                             entry.car,
                             "FASTEST LAP CAR " + std::to_string(entry.car) + " (" + entry.driver + ") " +
                                 std::to_string(t / 60000) + ":" + seconds + "." + thousandths,
                             0,
                             {}});
  }
}

std::uint16_t points_of(const RacePlan& plan, std::size_t place) {
  if (plan.sprint) return place < kSprintPoints.size() ? kSprintPoints[place] : std::uint16_t{0};
  return place < kPoints.size() ? kPoints[place] : std::uint16_t{0};
}

void award(RacePlan& plan) {
  std::vector<CarPlan*> order;
  for (CarPlan& c : plan.cars) order.push_back(&c);
  // Who has come farther is ahead; at the same place, who was there first.
  std::sort(order.begin(), order.end(), [](const CarPlan* a, const CarPlan* b) {
    if (a->finished != b->finished) return a->finished;
    const auto passes = [](const CarPlan* c) {
      return c->counted_passes > 0 ? std::size_t{c->counted_passes} : c->passes.size();
    };
    if (passes(a) != passes(b)) return passes(a) > passes(b);
    if (a->passes.empty()) return a->grid < b->grid;
    const auto time_ms = [&](const CarPlan* c) {
      return c->passes[passes(c) - 1].time_ms + (c->finished ? c->added_s() * std::int64_t{1000} : 0);
    };
    return time_ms(a) < time_ms(b);
  });
  const std::size_t least_laps = kClassifiedShare_pct * plan.counted_laps_of(*order.front()) / 100;
  for (std::size_t p = 0; p < order.size(); ++p) {
    CarPlan& c = *order[p];
    c.position = static_cast<std::uint16_t>(p + 1);
    c.classified = c.finished || (!c.laps.empty() && c.laps.size() >= least_laps);
    c.points = c.classified ? points_of(plan, p) : std::uint16_t{0};
    if (plan.fastest_lap_point && c.points > 0 && !plan.sprint && &c == &plan.cars[plan.fastest_car])
      ++c.points;
  }
}

void rank_session(RacePlan& plan) {
  for (std::size_t i = 0; i < plan.cars.size(); ++i) {
    CarPlan& c = plan.cars[i];
    c.position = plan.standings.at(i, INT64_MAX).position;
    c.finished = true;
    c.classified = c.best_lap_ms > 0;
  }
}

}  // namespace

void classify(const PlanInput& input, RacePlan& plan) {
  find_best_laps(input, plan);
  const bool race = plan.kind == SessionKind::race;
  plan.standings = race ? race_standings(plan) : session_standings(plan);
  if (race)
    award(plan);
  else
    rank_session(plan);
  std::stable_sort(plan.messages.begin(), plan.messages.end(),
                   [](const ControlMessage& a, const ControlMessage& b) { return a.time_ms < b.time_ms; });
}

}  // namespace racesim::race
