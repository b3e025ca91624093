// The table retention in PostgreSQL, and the rows that --keep removes.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "io/stores/postgres_connection.h"
#include "io/stores/postgres_tables.h"
#include "io/stores/postgres_tallies.h"

namespace racesim::postgres {

/// How old the rows of a table are; with look_at_rows also by those that are there. None: it has no time.
Result<Ages> read_ages(Connection& connection, const TablePlan& plan, bool look_at_rows);

/// By table, as noted.
Result<std::map<std::string, Ages, std::less<>>> read_all_ages(Connection& connection);

/// Removes some thousand rows at most, within the transaction that is open; how many.
Result<std::uint64_t> remove_rows_before(Connection& connection, const TablePlan& plan,
                                         std::int64_t before_us);

}  // namespace racesim::postgres
