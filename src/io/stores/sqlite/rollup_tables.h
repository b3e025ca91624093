// The tables of summaries in SQLite (io/stores/rollups.h).
#pragma once

#include <vector>

#include "io/stores/rollups.h"
#include "io/stores/sqlite/connection.h"

namespace racesim::sqlite {

/// Makes those that are missing and summarises the rows that are there, in one transaction.
Done make_rollups(Connection& connection, const std::vector<RollupPlan>& plans);

/// Whether each is there.
Result<std::vector<bool>> find_rollups(Connection& connection, const std::vector<RollupPlan>& plans);

}  // namespace racesim::sqlite
