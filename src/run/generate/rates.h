// The rates of a run: what its plan asked for, and what its sinks took.
#pragma once

#include "run/generate/pipeline.h"
#include "run/generate/status.h"
#include "run/outlets/outlets.h"

namespace racesim {

/// Both rates begin when the first event is due, or without a plan when sending does. With a plan the first
/// events, such as the samples of a tick, are due at that moment: they take none of the time and do not
/// count. `planned`: the pacer has a plan. Reads counters of running threads; sets target_rate and got_rate.
void tell_rates(const PipelineCounters& counters, const Outlets& outlets, bool planned, RunStatus& status);

}  // namespace racesim
