// Where results of aggregations go besides a store: the terminal, files, topics.
#pragma once

#include <string>

#include "agg/entry.h"
#include "base/error.h"
#include "io/wait_note.h"
#include "model/batch.h"

namespace racesim {

/// One thread, but for abandon() and wait(), which any may call. Results may come again after a restart, with
/// the same keys.
class ResultOutput {
 public:
  virtual ~ResultOutput() = default;
  /// "stdout", "kafka f1-analytics at localhost:9092".
  virtual std::string name() const = 0;
  /// Rows of the entry's result schema.
  virtual Done put(const AggregationEntry& entry, const RowBatch& rows) = 0;
  /// All that was put is delivered when it returns.
  virtual Done flush() = 0;
  virtual Done close() = 0;
  /// Waits end soon, with an error.
  virtual void abandon() {}
  virtual const WaitNote* wait() const { return nullptr; }
};

}  // namespace racesim
