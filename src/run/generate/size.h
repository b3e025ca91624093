// How much a run makes: known beforehand where the plan counts it, else estimated from a sample.
#pragma once

#include "run/config.h"
#include "run/content.h"

namespace racesim {

struct RunSize {
  double events = 0;       ///< of the parts that the run makes, before faults; 0: it has no end
  bool is_exact = false;   ///< of `events`
  double event_bytes = 0;  ///< of a line, the mean of a sample; 0: there are no events
  double event_rate = 0;   ///< events per second of event time, the mean of the same sample

  double bytes() const { return events * event_bytes; }
};

/// Renders some slices of the run, evenly over its window or from its start on; all of them if they are few,
/// and then it is the exact count.
RunSize measure_size(const Content& content, const RunConfig& config);

/// The most events that the run can have, without rendering any; 0: not known.
double most_events_of(const Content& content, const RunConfig& config);

}  // namespace racesim
