// What the plan says of a run that goes on: how fast it should be now, and how long it still takes.
#pragma once

#include <cstdint>

#include "run/config.h"
#include "run/generate/status.h"
#include "run/pacing/pacer.h"

namespace racesim {

/// Sets plan_rate, planned_share and planned_left_s; reads the counts and rates that are set already.
/// `now_ns` is the clock's.
void tell_plan(const Pacer::Plan& plan, const RunConfig& config, std::int64_t now_ns, RunStatus& status);

}  // namespace racesim
