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

/// Standstill of a routine stop: 1.9 s, the crew's share, and a log-logistic rest with rare slow stops.
std::int64_t draw_standstill_ms(const PlanInput& input, std::uint32_t entry, std::uint32_t stop);

}  // namespace racesim::race
