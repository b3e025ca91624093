// The plan of one car, turned into its timeline: a segment per piece, three for a stop in the box, and what
// comes before the start and behind the last pass. timeline.h has the picture.
#pragma once

#include "sim/race/plan/race_plan.h"
#include "sim/race/render/cool_down.h"
#include "sim/race/render/templates.h"
#include "sim/race/render/timeline.h"

namespace racesim::race {

/// From the session's begin to where the car comes to rest, or to its last piece; empty for a car that takes
/// no part. `way`: behind the flag. Segments that drive are sketched only. How a car rolls to a halt is baked
/// now, into `halts`. One thread.
CarTimeline make_timeline(const CarPlan& car, const CoolDown& way, const RacePlan& plan,
                          const PlanInput& input, const Templates& templates, Halts& halts);

}  // namespace racesim::race
