// Blocks that are committed together, and how they are written to a store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
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
  struct Part {
    Work* work;
    const TableRows* rows;
  };
  /// Rows of one table that go to the store with one call.
  struct Group {
    explicit Group(const TableRows& first) : rows(first.rows.schema()) {}
    std::vector<Part> parts;  ///< in the order of the blocks
    std::size_t size = 0;     ///< rows of all parts
    RowBatch rows;            ///< of all parts, if there are several
  };

  void judge(Work& work);
  Group& group_for(const TableRows& rows);
  Done append(Group& group);
  void note(const Part& part, std::uint32_t row, Fate fate);
  Done bury();
  Result<bool> advance_lanes();
  Done bury_refused();

  Source& source_;
  Store& store_;
  const OnInvalid on_invalid_;
  std::vector<std::unique_ptr<Work>> works_;
  std::uint64_t records_ = 0;
  IngestCounts counts_;
  std::vector<Fate> fates_;
  std::vector<std::unique_ptr<Group>> groups_;  ///< those of this write() first, then memory for later
  std::size_t group_count_ = 0;                 ///< of this write()
};

}  // namespace racesim
