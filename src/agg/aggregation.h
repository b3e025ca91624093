// An aggregation at work: rows of events go in as they arrive, rows of results come out. One AggregationEntry
// (agg/entry.h) makes it; the engine (agg/engine.h) feeds it.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agg/state.h"
#include "base/error.h"
#include "model/batch.h"

namespace racesim {

/// Before any event time, and behind all of them.
inline constexpr std::int64_t kNoWatermark_us = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t kEndOfTime_us = std::numeric_limits<std::int64_t>::max();

/// How the rows of one batch arrived: all in one lane (a partition, a file), in this order. Spans are
/// parallel to the rows.
struct LaneArrivals {
  std::uint32_t lane = 0;  ///< the engine's number of the lane, dense from 0
  std::span<const std::int64_t> time_us;
  /// The lane's own watermark just before the row came: the latest event time before it in this lane, of rows
  /// of this schema, less the delay. Never falls within a lane. kNoWatermark_us before the first row.
  std::span<const std::int64_t> watermark_us;
};

/// What became of a row that an aggregation did not take.
enum class Refusal : std::uint8_t {
  late,       ///< behind the watermark of its own lane: any engine must drop it
  late_idle,  ///< only behind what a lane's idle time-out decided: hangs on when it came
  duplicate,  ///< it came before
  unusable,   ///< it lacks what the aggregation needs (a field is missing)
};

struct Refused {
  std::uint32_t row = 0;
  Refusal why = Refusal::late;
};

/// When results are given out.
enum class Emit : std::uint8_t {
  update,  ///< as soon as they change; a later row with the same key replaces an earlier one
  final,   ///< once nothing can change them any more
};

/// One thread. Results depend on the sequence of rows of each lane alone, not on how lanes interleave nor on
/// where batches are cut; only Refusal::late_idle does. Result rows are of the entry's result schema; a row
/// with the same key (TableInfo::key) replaces an earlier one.
class Aggregation {
 public:
  virtual ~Aggregation() = default;

  /// Takes rows of one of the entry's inputs. Appends to `refused`, ascending, the rows that it did not take.
  virtual void add(const RowBatch& rows, const LaneArrivals& arrivals, std::vector<Refused>& refused) = 0;

  /// Nothing earlier than `watermark_us` comes any more: all lanes, but for idle ones, have passed it. Called
  /// after each add() with a value that never falls. Appends to `results` what is due now: with Emit::final
  /// what cannot change any more, with Emit::update what has changed since the last call.
  virtual void advance(std::int64_t watermark_us, RowBatch& results) = 0;

  /// The input has ended: all that is open becomes a result.
  virtual void finish(RowBatch& results) = 0;

  /// Everything that is needed to go on later as if nothing had been between. Called between add() and
  /// advance() never: only behind advance().
  virtual void save(StateWriter& out) const = 0;
  /// Into a new one. Errors: runtime, for a state that save() did not write.
  virtual Done load(StateReader& in) = 0;
};

}  // namespace racesim
