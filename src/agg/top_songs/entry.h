// The aggregation "top-songs": the songs played most by windows of event time, everywhere, by country and by
// genre.
#pragma once

#include "agg/entry.h"

namespace racesim::top_songs {

const AggregationEntry& entry();

}  // namespace racesim::top_songs
