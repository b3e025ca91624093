// Rows as line protocol for stores that keep points: StoreOptions::to_lines.
#pragma once

#include "base/error.h"
#include "io/stores/store.h"

namespace racesim {

/// Errors (usage): rows of the table have no time.
Result<RowsToLines> rows_to_lines(const StoreTable& table);

}  // namespace racesim
