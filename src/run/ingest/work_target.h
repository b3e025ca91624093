// What becomes of the records that an ingest reads: rows of a store, or results of aggregations. One
// transaction at a time takes in blocks; the pipeline (run/ingest/ingest.h) does the rest.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "io/sources/record_block.h"
#include "io/wait_note.h"
#include "run/ingest/ingest_counts.h"
#include "run/ingest/work_queue.h"

namespace racesim {

/// One thread, but for abandon(), set_aside_unfit() and name(), which any may call.
class WorkTarget {
 public:
  virtual ~WorkTarget() = default;

  /// "sqlite:racesim.db", without secrets.
  virtual std::string name() const = 0;

  /// What is kept of lanes of this source. Between two transactions.
  virtual Result<std::vector<LanePosition>> positions(std::string_view source) = 0;
  /// The source is about to read these lanes, in this order, from what positions() said of each. Between two
  /// transactions. Errors: busy, usage: it cannot go on with them.
  virtual Done begin_lanes(std::span<const LanePosition> /*lanes*/) { return {}; }

  /// Takes out of the block what it could not keep: rejects with their reasons. By the thread that decodes.
  virtual void set_aside_unfit(Work& /*work*/) const {}

  /// Blocks that are committed together.
  void add(std::unique_ptr<Work> work) {
    records_ += work->block.size();
    works_.push_back(std::move(work));
  }
  bool empty() const { return works_.empty(); }
  std::uint64_t records() const { return records_; }
  /// The source has said that another block for the transaction follows at once.
  bool awaits_more() const { return !works_.empty() && works_.back()->block.more; }
  /// The blocks, in the order in which they came; it is empty then.
  std::vector<std::unique_ptr<Work>> take() {
    records_ = 0;
    return std::exchange(works_, {});
  }

  /// Makes of all blocks what is to become of them, in one transaction, and sets their outcomes. False:
  /// another process has moved one of the lanes on, and nothing is kept. After an error nothing is kept
  /// either, and it may be called again.
  virtual Result<bool> write() = 0;
  /// Adds what became of it all, after write() was true.
  virtual void count(IngestCounts& counts) const = 0;
  /// After an error or a refusal of write(), finish() or tick().
  virtual void rollback() = 0;
  /// The same transaction may succeed if it is done again.
  virtual bool worth_retrying() const = 0;

  /// Everything that was read is written. `reached_end`: nothing will ever follow; else it was only stopped.
  /// In transactions of its own, as write().
  virtual Result<bool> finish(bool /*reached_end*/) { return true; }
  /// When tick() is to be called, of the pipeline's clock, though nothing came; none: never.
  virtual std::optional<std::int64_t> next_tick_ns() const { return std::nullopt; }
  /// Between two transactions; in one of its own, as write().
  virtual Result<bool> tick() { return true; }

  /// Removes some of what is older than what is kept.
  virtual Result<std::uint64_t> expire() { return std::uint64_t{0}; }
  /// Waits end soon, with an error. Any thread.
  virtual void abandon() {}
  virtual Done close() = 0;
  virtual const WaitNote* wait() const { return nullptr; }

 protected:
  std::vector<std::unique_ptr<Work>> works_;
  std::uint64_t records_ = 0;
};

}  // namespace racesim
