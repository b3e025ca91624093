// Rows by buckets of time: the last value of each field, and the least and the greatest, so that no spike is
// lost.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/batch.h"
#include "serve/history/history.h"

namespace racesim::serve {

struct TelemetryParts {
  const FieldInfo* time;   ///< of the event
  const FieldInfo* whose;  ///< null: events are nobody's
  std::vector<const FieldInfo*> fields;
};

/// How many of the rows in `order` (by time) a page of `limit` has: those of one moment stay together.
std::size_t page_end(const RowBatch& rows, std::span<const std::size_t> order, const FieldInfo& time,
                     std::size_t limit);

/// One row for each whom and bucket of `every_us` that has any, by bucket and then by whose they are, as
/// History::telemetry() says.
HistoryRows time_buckets(const RowBatch& rows, std::span<const std::size_t> order,
                         const TelemetryParts& parts, const TelemetryQuestion& question);

}  // namespace racesim::serve
