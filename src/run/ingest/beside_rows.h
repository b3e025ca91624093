// What is stored beside the rows of a transaction, in it: results that are made of them, say.
#pragma once

#include <memory>
#include <span>

#include "base/error.h"
#include "io/stores/store.h"
#include "run/ingest/work_queue.h"

namespace racesim {

/// One thread, the one that writes.
class BesideRows {
 public:
  virtual ~BesideRows() = default;
  /// Behind the rows, before the commit. Behind an error, and behind a commit that failed, it is called again
  /// with the same works, and perhaps more behind them.
  virtual Done write(Store& store, std::span<const std::unique_ptr<Work>> works) = 0;
  /// What the last write() stored is durable, and so are the works.
  virtual void committed() = 0;
};

}  // namespace racesim
