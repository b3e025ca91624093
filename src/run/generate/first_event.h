// What a run waits for, put together from its sinks and its pipeline.
#pragma once

#include "base/error.h"
#include "run/generate/pipeline.h"
#include "run/generate/waiting.h"
#include "run/outlets/outlets.h"

namespace racesim {

/// Of the sinks; else, of a live run that has sent nothing yet, for the time of its first event. `now_ns` by
/// the clock.
Waiting waiting_of(const PipelineCounters& counters, const Outlets& outlets, std::int64_t now_ns,
                   double uptime_s);

/// That the first event to be sent is due in `left_ns`.
Error first_event_warning(const PipelineCounters& counters, std::int64_t left_ns, bool resumed);

}  // namespace racesim
