// Blocks that are committed together, and how they are written to a store.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "io/sources/source.h"
#include "io/stores/store.h"
#include "run/ingest/ingest_config.h"
#include "run/ingest/ingest_counts.h"
#include "run/ingest/work_queue.h"

namespace racesim {

/// One thread.
class Transaction {
 public:
  Transaction(Source& source, Store& store, OnInvalid on_invalid)
      : source_(source), store_(store), on_invalid_(on_invalid) {}

  void add(std::unique_ptr<Work> work);
  bool empty() const { return works_.empty(); }
  std::uint64_t records() const { return records_; }
  /// The source has said that another block for it follows at once.
  bool awaits_more() const { return !works_.empty() && works_.back()->block.more; }

  /// Writes everything in one transaction of the store. False: another process has moved one of the lanes on,
  /// and nothing is kept. After an error nothing is kept either, and it may be called again.
  Result<bool> write();

  /// What became of it all, after write() was true.
  void count(IngestCounts& counts) const;
  /// The blocks, in the order in which they came; it is empty then.
  std::vector<std::unique_ptr<Work>> take();

 private:
  Done write_block(Work& work);
  Done append(Work& work, TableRows& part);
  Result<bool> advance_lanes();
  Done bury_refused();

  Source& source_;
  Store& store_;
  const OnInvalid on_invalid_;
  std::vector<std::unique_ptr<Work>> works_;
  std::uint64_t records_ = 0;
  IngestCounts counts_;
  std::vector<Fate> fates_;
  std::vector<RecordFate> dead_;  ///< of the block that is being written
  struct Part {
    Work* work;
    const TableRows* rows;
  };
  std::vector<Part> appended_;  ///< by Store::append() since begin()
};

}  // namespace racesim
