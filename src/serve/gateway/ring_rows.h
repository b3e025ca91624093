// Events in memory, read as rows: what History answers of a run that is stored, of one that is not.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "serve/history/history.h"
#include "serve/live/event_ring.h"
#include "sim/entry.h"

namespace racesim::serve {

/// The field that says whose an event of this form is: the driver, the vehicle, the listener.
const FieldInfo* whose_field(const SchemaInfo& schema, const ScenarioEntry& scenario);
/// The field of the event time; null: it has none.
const FieldInfo* event_time_field(const SchemaInfo& schema, const ScenarioEntry& scenario);

/// The run's main stream. Any thread. Errors (usage): a field that the rows do not have.
Result<HistoryRows> ring_telemetry(const EventRing& ring, const ScenarioEntry& scenario, std::uint32_t run,
                                   const TelemetryQuestion& question);

/// A stream beside it. Errors (usage): the run does not make it.
Result<HistoryRows> ring_side_stream(const EventRing& ring, const ScenarioEntry& scenario, std::uint32_t run,
                                     const std::string& stream, const RowsQuestion& question);

}  // namespace racesim::serve
