// Positions, gaps, points and the messages that follow from them.
#pragma once

#include "sim/race/plan/race_plan.h"

namespace racesim::race {

/// Fills what depends on all cars: the standings, the result, best laps, the order of the messages.
void classify(const PlanInput& input, RacePlan& plan);

}  // namespace racesim::race
