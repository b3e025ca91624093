#include "sim/race/plan/result.h"

#include <algorithm>
#include <array>

namespace racesim::race {
namespace {

constexpr std::array<std::uint16_t, 10> kPoints{25, 18, 15, 12, 10, 8, 6, 4, 2, 1};

void rank_passes(RacePlan& plan) {
  std::size_t longest = 0;
  for (const CarPlan& c : plan.cars) longest = std::max(longest, c.passes.size());
  std::vector<Pass*> here;
  for (std::size_t i = 0; i < longest; ++i) {
    here.clear();
    for (CarPlan& c : plan.cars)
      if (i < c.passes.size()) here.push_back(&c.passes[i]);
    std::sort(here.begin(), here.end(), [](const Pass* a, const Pass* b) { return a->time_ms < b->time_ms; });
    for (std::size_t p = 0; p < here.size(); ++p) {
      here[p]->position = static_cast<std::uint16_t>(p + 1);
      here[p]->gap_ms = here[p]->time_ms - here[0]->time_ms;
    }
  }
  for (CarPlan& c : plan.cars)
    for (std::size_t l = 0; l < c.laps.size(); ++l)
      c.laps[l].position = c.passes[(l + 1) * plan.checkpoints].position;
}

/// Best laps, and a message whenever the race's best falls.
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
      if (!lap.is_valid) continue;
      all.push_back({lap.end_ms, time_ms, i, l + 1});
      if (c.best_lap_ms == 0 || time_ms < c.best_lap_ms) c.best_lap_ms = time_ms;
    }
  }
  std::sort(all.begin(), all.end(), [](const Ended& a, const Ended& b) {
    return a.end_ms != b.end_ms ? a.end_ms < b.end_ms : a.car < b.car;
  });
  for (const Ended& e : all) {
    if (plan.fastest_lap_ms != 0 && e.time_ms >= plan.fastest_lap_ms) continue;
    plan.fastest_lap_ms = e.time_ms;
    plan.fastest_car = e.car;
    if (e.lap < 3) continue;
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
  for (std::size_t p = 0; p < order.size(); ++p) {
    CarPlan& c = *order[p];
    c.position = static_cast<std::uint16_t>(p + 1);
    c.points = p < kPoints.size() && c.finished ? kPoints[p] : std::uint16_t{0};
    if (c.points > 0 && &c == &plan.cars[plan.fastest_car]) ++c.points;
  }
}

}  // namespace

void classify(const PlanInput& input, RacePlan& plan) {
  if (input.kind == SessionKind::race) {
    rank_passes(plan);
    find_best_laps(input, plan);
    award(plan);
  } else {
    find_best_laps(input, plan);
    rank_session(plan);
  }
  std::stable_sort(plan.messages.begin(), plan.messages.end(),
                   [](const ControlMessage& a, const ControlMessage& b) { return a.time_ms < b.time_ms; });
}

}  // namespace racesim::race
