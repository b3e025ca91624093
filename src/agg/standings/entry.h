// The aggregation "standings".
#pragma once

#include "agg/entry.h"

namespace racesim::standings {

const AggregationEntry& entry();

}  // namespace racesim::standings
