// The SQLite store: a database in one file, readable by anything that knows SQLite while it is written
// (write-ahead log). docs/formats/store.md has its tables.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "io/stores/history_reader.h"
#include "io/stores/reading.h"
#include "io/stores/store.h"

namespace racesim {

/// What StoreInfo::open, plan and open_reader say.
Result<std::unique_ptr<Store>> open_sqlite_store(const StoreOptions& options);
Result<std::string> plan_sqlite_store(const StoreOptions& options);
Result<std::unique_ptr<StoreReader>> open_sqlite_reader(const StoreOptions& options);
std::unique_ptr<HistoryReader> make_sqlite_history(const StoreOptions& options);

}  // namespace racesim
