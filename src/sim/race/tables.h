// How stores keep the rows of the race.
#pragma once

#include "model/table.h"

namespace racesim::race {

extern const TableInfo kTelemetryTable, kCheckpointTable, kLapTable, kRaceControlTable, kResultTable,
    kSimpleCarTable;
/// Under the names of other sources: those rows have no run and number, so driver and time make them unique.
extern const TableInfo kFastF1TelemetryTable, kFastF1LapTable, kOpenF1CarDataTable, kOpenF1LapTable;

}  // namespace racesim::race
