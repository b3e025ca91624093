// Events of a store, as the records that they once were. Lanes are tables, each in order of event time;
// positions count rows. docs/formats/sources.md says what a position holds.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/sources/source.h"
#include "io/stores/store.h"

namespace racesim {

struct StoreSourceOptions {
  std::string kind;    ///< a store that can be read: sqlite, postgres
  std::string target;  ///< what stands behind "sqlite:"
  std::string password;
  std::string run;  ///< only rows of this run, of tables that say whose they are; empty: all
  /// Whose rows are events. What the store holds besides (master data, tables of others) is passed over.
  std::vector<StoreTable> tables;
  /// How rows of a table become records, which io knows nothing of.
  std::function<Result<RowsToLines>(const StoreTable& table)> to_lines;
};

/// It ends with the rows that are there when it is opened. Blocks come in about the order of event time: the
/// next one is of the table whose next row is the oldest. open() fails (runtime) where rows were added or
/// removed before the place that reading is to go on from. Nothing is opened yet.
Result<std::unique_ptr<Source>> make_store_source(StoreSourceOptions options);

/// What open() would refuse, as far as can be told without connecting. Errors: usage, runtime.
Done check_store_source(const StoreSourceOptions& options);

}  // namespace racesim
