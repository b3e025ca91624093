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

/// Of the run's main stream; null: nothing of the run is in memory.
const SchemaInfo* ring_schema(const EventRing& ring, std::uint32_t run);

/// The run's main stream. Any thread. Errors (usage): a field that the rows do not have.
Result<HistoryRows> ring_telemetry(const EventRing& ring, const ScenarioEntry& scenario, std::uint32_t run,
                                   const TelemetryQuestion& question);

/// A stream beside it. Errors (usage): the run does not make it.
Result<HistoryRows> ring_side_stream(const EventRing& ring, const ScenarioEntry& scenario, std::uint32_t run,
                                     const std::string& stream, const RowsQuestion& question);

/// The newest event of each car, vehicle or listener in the main stream of the newest run, by whose they are;
/// only of `whose` if that is not empty. `end_id` becomes the id behind all events that were looked at.
Result<HistoryRows> ring_latest(const EventRing& ring, const ScenarioEntry& scenario,
                                const std::string& whose, std::uint64_t& end_id);

/// Rows of the stream from the event `next_id` on, over all runs; `next_id` becomes the id behind them.
Result<HistoryRows> ring_new_rows(const EventRing& ring, const ScenarioEntry& scenario,
                                  const std::string& stream, std::uint64_t& next_id);

}  // namespace racesim::serve
