// When a car means to change its tyres. The race may change that: a safety car makes stops cheap, and a
// rival's stop draws an answer.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/race/plan/race_input.h"
#include "sim/race/plan/race_plan.h"

namespace racesim::race {

struct PlannedStop {
  std::uint32_t lap;  ///< in-lap
  Compound compound;  ///< fitted
};

struct Strategy {
  Compound start = Compound::medium;
  double stress = 1;               ///< factor on the ageing of this car's tyres
  std::vector<PlannedStop> stops;  ///< by lap; two compounds at least over the race
};

Strategy draw_strategy(const PlanInput& input, std::uint32_t entry);

/// How a car gets away from its slot.
struct Launch {
  std::int64_t react_ms;  ///< lights out to turning wheels
  std::int64_t spin_ms;   ///< lost to wheels that spin, until the first checkpoint
  double ratio;           ///< of the rest, against the best start
};
/// `start`: 0 of the race, then those behind red flags.
Launch draw_launch(const PlanInput& input, std::uint32_t entry, std::uint32_t start);

/// Standstill of a routine stop: 1.9 s, the crew's share, and a log-logistic rest with rare slow stops.
std::int64_t draw_standstill_ms(const PlanInput& input, std::uint32_t entry, std::uint32_t stop);

}  // namespace racesim::race
