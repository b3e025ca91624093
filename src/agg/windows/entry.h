// The aggregation "window": averages and counts by tumbling, sliding or session windows of event time.
#pragma once

#include "agg/entry.h"

namespace racesim::windows {

const AggregationEntry& entry();

}  // namespace racesim::windows
