// The database as a whole: opened, checked, its tables made or brought up to date.
#pragma once

#include <string>
#include <vector>

#include "io/stores/sqlite/connection.h"
#include "io/stores/sqlite/table_layout.h"
#include "io/stores/store.h"

namespace racesim::sqlite {

/// Of the tables that every database of racesim has; schema_version says which one it is.
inline constexpr int kSchemaVersion = 2;

/// Opens for writing and makes what is missing, in one transaction. Errors: usage (not a database, a newer
/// schema, tables of somebody else under our names), busy, runtime.
Result<Connection> open_database(const StoreOptions& options, const std::vector<TableLayout>& layouts);

/// The names of tables that open_database() would make; errors as it has them. Changes nothing.
Result<std::vector<std::string>> missing_tables(const StoreOptions& options,
                                                const std::vector<TableLayout>& layouts);

/// What stands in `table`: names of its columns, none if there is no such table.
Result<std::vector<std::string>> columns_of(Connection& connection, const std::string& table);

/// Errors: usage, if the database was made by a newer racesim, or by none.
Done check_is_ours(Connection& connection);

}  // namespace racesim::sqlite
