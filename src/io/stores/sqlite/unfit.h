// Which rows SQLite could not give back exactly.
#pragma once

#include <vector>

#include "io/sources/source.h"
#include "io/stores/sqlite/table_layout.h"
#include "model/batch.h"

namespace racesim::sqlite {

/// See Store::find_unfit(). Any thread.
void find_unfit(const TableLayout& layout, const RowBatch& rows, std::vector<RecordFate>& out);

}  // namespace racesim::sqlite
