// What goes from the thread that reads to the thread that writes.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "io/sources/source.h"
#include "run/rows/block_decoder.h"

namespace racesim {

/// A block, its rows, and what becomes of it.
struct Work {
  RecordBlock block;
  /// The block's rows are still to be made, by the thread that writes.
  bool undecoded = false;
  LaneInfo lane;  ///< of the block, if it is undecoded
  DecodedBlock decoded;
  BlockOutcome outcome;
};

struct WorkItem {
  enum class Kind : std::uint8_t {
    block,
    task,    ///< to be called between two transactions; false: the writer has given up
    resync,  ///< the source has begun anew: what comes now follows the store's positions
    end,     ///< nothing follows
  };
  Kind kind = Kind::block;
  std::unique_ptr<Work> work;
  std::function<void(bool alive)> task;
  bool reached_end = false;  ///< of an end: the source has given all that it ever will
};

/// Bounded by the records and bytes of its blocks, and one block more. One thread pushes, one pops.
class WorkQueue {
 public:
  struct Limits {
    std::size_t records = 40'000;
    std::size_t bytes = std::size_t{32} << 20;
  };
  WorkQueue() = default;
  explicit WorkQueue(Limits limits) : limits_(limits) {}

  /// Waits until a block may be pushed, at most until the steady time `deadline_ns`. True: it may, or the
  /// queue is closed.
  bool wait_for_room(std::int64_t deadline_ns);
  /// Never waits: who pushes a block has waited for room before. False: the queue is closed, and the item is
  /// not in it.
  bool push(WorkItem& item);
  /// Hardly anything waits there to be popped. Any thread.
  bool is_short();
  /// Waits until an item is there, at most until the steady time `deadline_ns`; none: for ever. A queue that
  /// is closed and empty gives an end.
  std::optional<WorkItem> pop(std::optional<std::int64_t> deadline_ns);
  /// push() fails from now on; what is in the queue stays. Any thread.
  void close();

  /// An empty one, with the memory of an earlier one. Any thread.
  std::unique_ptr<Work> fresh();
  void recycle(std::unique_ptr<Work> work);

 private:
  bool has_room() const { return records_ < limits_.records && bytes_ < limits_.bytes; }

  const Limits limits_{};
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::deque<WorkItem> items_;
  std::size_t records_ = 0, bytes_ = 0;
  bool closed_ = false;
  std::vector<std::unique_ptr<Work>> spare_;
};

}  // namespace racesim
