#include "sim/master/tables.h"

namespace racesim {

// An id is unique alone, whatever its type.
const TableInfo kSongTable{.name = "songs", .key = {{}, "song_id"}};
const TableInfo kUserTable{.name = "users", .key = {{}, "user_id"}};
const TableInfo kLocationTable{.name = "locations", .key = {{}, "location_id"}};
const TableInfo kVehicleTable{.name = "vehicles", .key = {{}, "vehicle_id"}};
const TableInfo kDriverTable{.name = "drivers", .key = {{}, "driver_id"}};
const TableInfo kTeamTable{.name = "teams", .key = {{}, "team_id"}};
const TableInfo kCarTable{.name = "cars", .key = {{}, "car"}};
// Passes of checkpoints are "checkpoints".
const TableInfo kCheckpointsTable{.name = "track_checkpoints", .key = {{}, "id"}};

}  // namespace racesim
