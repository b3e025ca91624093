// A user's query, held in: one SELECT that only reads, on a connection of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/error.h"
#include "io/stores/postgres_connection.h"
#include "io/stores/reading.h"

namespace racesim::postgres {

/// Three walls, each enough for most: a read-only transaction whose role is not a superuser's; no function
/// but those that compute; one statement, within brackets. Errors: see StoreReader::query().
Result<std::unique_ptr<ResultRows>> start_query(const Target& target, std::string_view sql,
                                                std::int64_t limit_ms);

}  // namespace racesim::postgres
