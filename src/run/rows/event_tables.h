// The tables of a store whose rows are events, and the lines that such rows were.
#pragma once

#include <span>

#include "base/error.h"
#include "io/stores/store.h"

namespace racesim {

/// Of all scenarios; not those of master data. The same objects each time.
std::span<const StoreTable> event_tables();

/// Makes the JSON lines that `racesim run` wrote of such rows. What a row has no value for has no field in
/// its line. What is returned is for one thread.
Result<RowsToLines> rows_to_json(const StoreTable& table);

}  // namespace racesim
