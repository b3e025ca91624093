// The aggregation "lap".
#pragma once

#include "agg/entry.h"

namespace racesim::laps {

const AggregationEntry& entry();

}  // namespace racesim::laps
