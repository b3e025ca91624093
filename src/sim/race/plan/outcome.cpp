#include "sim/race/plan/outcome.h"

#include <algorithm>
#include <cctype>

namespace racesim::race {
namespace {

const CarPlan& first_of(const RacePlan& plan) {
  return *std::find_if(plan.cars.begin(), plan.cars.end(), [](const CarPlan& c) { return c.position == 1; });
}

std::int64_t penalties_ms(const CarPlan& car) {
  return std::int64_t{1000} * car.added_s();
}

Maybe<std::int64_t> time_of(const RacePlan& plan, const CarPlan& car) {
  if (plan.kind == SessionKind::race) {
    const std::size_t laps = plan.counted_laps_of(car);
    if (!car.finished || laps == 0) return {};
    return {car.laps[laps - 1].end_ms + penalties_ms(car)};
  }
  // Of qualifying the last part that it was in decides, with or without a time.
  std::size_t last = 0;
  for (std::size_t part = 0; part < plan.parts.size(); ++part) {
    const auto& cars = plan.parts[part].cars;
    const auto index = static_cast<std::uint32_t>(&car - plan.cars.data());
    if (std::find(cars.begin(), cars.end(), index) != cars.end()) last = part;
  }
  if (car.part_best_ms[last] == 0) return {};
  return {car.part_best_ms[last]};
}

std::string status_of(const RacePlan& plan, const CarPlan& car) {
  if (plan.kind != SessionKind::race) return "Finished";
  if (!car.finished) {
    std::string reason = car.retirement.reason.empty() ? "retired" : car.retirement.reason;
    reason[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(reason[0])));
    return reason;
  }
  const std::size_t behind = plan.counted_laps_of(first_of(plan)) - plan.counted_laps_of(car);
  if (behind == 0) return "Finished";
  return "+" + std::to_string(behind) + (behind == 1 ? " Lap" : " Laps");
}

}  // namespace

Outcome outcome_of(const RacePlan& plan, std::size_t car) {
  const CarPlan& c = plan.cars[car];
  const bool race = plan.kind == SessionKind::race;
  Outcome outcome;
  outcome.position = c.position;
  outcome.classified = c.classified;
  if (race) outcome.grid.value = static_cast<std::int16_t>(c.grid);
  outcome.laps = plan.counted_laps_of(c);
  outcome.time_ms = time_of(plan, c);
  const CarPlan& first = first_of(plan);
  const Maybe<std::int64_t> best_ms = time_of(plan, first);
  if (outcome.time_ms.has_value() && best_ms.has_value() &&
      (!race || plan.counted_laps_of(first) == plan.counted_laps_of(c)))
    outcome.gap_ms.value = outcome.time_ms.value - best_ms.value;
  outcome.points = c.points;
  outcome.status = status_of(plan, c);
  if (plan.kind == SessionKind::qualifying)
    for (std::size_t part = 0; part < 3; ++part)
      if (c.part_best_ms[part] > 0)
        outcome.part_ms[part].value = static_cast<std::int32_t>(c.part_best_ms[part]);
  outcome.penalties_ms = penalties_ms(c);
  return outcome;
}

}  // namespace racesim::race
