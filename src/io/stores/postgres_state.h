// The table aggregation_state in PostgreSQL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "io/stores/postgres_connection.h"

namespace racesim::postgres {

/// In the place of what is there, within the transaction that is open.
Done write_state(Connection& connection, std::string_view name, std::string_view bytes);

/// None: there is none of that name. Errors: usage (a newer racesim wrote it), runtime.
Result<std::optional<std::string>> read_state(Connection& connection, const Target& target,
                                              std::string_view name);

}  // namespace racesim::postgres
