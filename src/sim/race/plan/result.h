// Positions, gaps, points and the messages that follow from them.
#pragma once

#include "sim/race/plan/race_plan.h"

namespace racesim::race {

/// Fills what depends on all cars: Pass::position and gap_ms, LapPlan::position, the result, best laps, the
/// order of the messages.
void classify(const PlanInput& input, RacePlan& plan);

/// The same for qualifying and practice, where the best lap counts.
void rank_session(RacePlan& plan);

}  // namespace racesim::race
