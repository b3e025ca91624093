// How stores keep master data: beside the events, so that queries show names.
#pragma once

#include "model/table.h"

namespace racesim {

extern const TableInfo kSongTable, kUserTable, kLocationTable, kVehicleTable, kDriverTable, kTeamTable,
    kCarTable, kCheckpointsTable;

}  // namespace racesim
