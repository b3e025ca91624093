// Which rows InfluxDB cannot keep exactly.
#pragma once

#include <vector>

#include "io/sources/source.h"
#include "io/stores/store.h"

namespace racesim::influx {

/// Appends them with the reason, ascending. Any thread.
void find_unfit(const StoreTable& table, const RowBatch& rows, std::vector<RecordFate>& out);

}  // namespace racesim::influx
