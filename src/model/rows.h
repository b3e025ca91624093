// The rows of which so many are made that their encoders are unrolled at compile time: a row of a new
// scenario is one name here. Every other schema (master data, a scenario that codec has never heard of) is
// encoded from its run-time description, with the same bytes.
#pragma once

#include "model/fleet.h"
#include "model/play.h"
#include "model/race.h"
#include "model/race_as.h"
#include "model/race_simple.h"

namespace racesim {

template <class... Rows>
struct RowList {};

// Each list is compiled on its own, codec/encode/unrolled_N.cpp: they only spread the compiler's work, so a
// row may stand in any of them.
using RowList1 = RowList<PlayRow, FleetRow>;
using RowList2 = RowList<TelemetryRow, CheckpointPassRow, LapRow, RaceControlRow, ResultRow, SimpleCarRow>;
using RowList3 = RowList<FastF1TelemetryRow, FastF1LapRow, OpenF1CarDataRow, OpenF1LapRow>;

}  // namespace racesim
