// The tables of summaries in PostgreSQL (io/stores/rollups.h).
#pragma once

#include <string>
#include <vector>

#include "io/stores/postgres_connection.h"
#include "io/stores/rollups.h"

namespace racesim::postgres {

/// Makes those that are missing and summarises the rows that are there, each in one transaction that holds up
/// who writes to the table.
Done make_rollups(Connection& connection, const std::vector<RollupPlan>& plans);

/// Asks whether each is there, and reads the answer.
std::string find_rollups_sql(const std::vector<RollupPlan>& plans);
std::vector<bool> rollups_found(const Answer& answer);

}  // namespace racesim::postgres
