// What an aggregation goes on from after a restart: positions of lanes and the state of the engine, kept in
// one transaction with the results or, where results go elsewhere, before them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agg/entry.h"
#include "base/error.h"
#include "io/sources/record_block.h"
#include "io/stores/store.h"
#include "io/wait_note.h"
#include "model/batch.h"

namespace racesim {

/// A lane that has moved on.
struct LaneStep {
  LanePosition before, after;
};

struct ResultPart {
  const AggregationEntry* entry;
  const RowBatch* rows;
};

/// What one transaction makes durable.
struct ResultCommit {
  std::span<const ResultPart> results;
  std::span<const LaneStep> steps;   ///< each lane at most once; empty: the source has no positions
  std::string_view state;            ///< of the target: engine, and what outputs may not have got
  std::span<const DeadRecord> dead;  ///< records that are no rows
};

/// One thread, but for abandon() and wait(), which any may call.
class ResultKeeper {
 public:
  virtual ~ResultKeeper() = default;
  /// "sqlite:laps.db", "checkpoint aggregate.ckpt".
  virtual std::string name() const = 0;
  virtual Result<std::vector<LanePosition>> positions(std::string_view source) = 0;
  /// As the last commit() left it; none: there was none. Errors: usage, for a state of other options.
  virtual Result<std::optional<std::string>> state() = 0;
  /// False: another process has moved a lane on, and nothing is kept. Errors: nothing is kept either.
  virtual Result<bool> commit(const ResultCommit& what) = 0;
  /// Behind an error of commit(): the same may succeed if it is done again.
  virtual bool worth_retrying() const = 0;
  /// Results are part of what commit() makes durable (a database, a transaction of Kafka).
  virtual bool keeps_results() const = 0;
  /// Dead records are too.
  virtual bool keeps_dead_records() const = 0;
  virtual Done close() = 0;
  virtual void abandon() {}
  virtual const WaitNote* wait() const { return nullptr; }
};

}  // namespace racesim
