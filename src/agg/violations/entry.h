// The aggregation "violations": one row per packet of a vehicle that drove too fast, and one per packet of an
// engine over its limit.
#pragma once

#include "agg/entry.h"

namespace racesim::violations {

const AggregationEntry& entry();

}  // namespace racesim::violations
