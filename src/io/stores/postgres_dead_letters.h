// The table dead_letter in PostgreSQL.
#pragma once

#include <span>

#include "io/stores/postgres_connection.h"
#include "io/stores/store.h"

namespace racesim::postgres {

/// Within the transaction that is open.
Done write_dead_letters(Connection& connection, std::span<const DeadRecord> records);

}  // namespace racesim::postgres
