// Rows in PostgreSQL (12 or newer), each once. docs/formats/store.md has the tables and how a transaction
// goes.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "io/stores/history_reader.h"
#include "io/stores/reading.h"
#include "io/stores/store.h"

namespace racesim {

/// See StoreInfo. The target is a connection string of libpq or empty; PG* variables, ~/.pgpass and
/// pg_service.conf count as they do for psql.
Result<std::unique_ptr<Store>> open_postgres(const StoreOptions& options);
Result<std::string> plan_postgres(const StoreOptions& options);
Result<std::unique_ptr<StoreReader>> open_postgres_reader(const StoreOptions& options);
std::unique_ptr<HistoryReader> make_postgres_history(const StoreOptions& options);

}  // namespace racesim
