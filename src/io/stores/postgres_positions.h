// The table ingest_offsets in PostgreSQL: how far each lane has been stored.
#pragma once

#include <string_view>
#include <vector>

#include "io/sources/source.h"
#include "io/stores/postgres_connection.h"

namespace racesim::postgres {

/// Of all lanes of the source, by name of the lane.
Result<std::vector<LanePosition>> read_positions(Connection& connection, std::string_view source);

/// Within the transaction that is open. False: the lane is not where `before` says: somebody else has moved
/// it, or has taken its row away, and nothing was changed.
Result<bool> move_position(Connection& connection, const LanePosition& before, const LanePosition& after);

}  // namespace racesim::postgres
