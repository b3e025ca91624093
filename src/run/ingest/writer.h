// The thread that writes: it takes blocks from the queue, commits them in transactions, and tells the source
// what became of each.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>

#include "base/clock.h"
#include "base/error.h"
#include "io/sources/source.h"
#include "io/wait_note.h"
#include "run/ingest/ingest_config.h"
#include "run/ingest/ingest_counts.h"
#include "run/ingest/work_queue.h"
#include "run/ingest/work_target.h"
#include "run/rows/block_decoder.h"

namespace racesim {

class IngestWriter {
 public:
  /// All outlive the writer.
  IngestWriter(const IngestConfig& config, Source& source, WorkTarget& target, WorkQueue& queue,
               Clock& clock);

  /// For blocks that come undecoded. It outlives the writer; before run().
  void decode_with(BlockDecoder& decoder) { decoder_ = &decoder; }
  /// Until the end comes, or an error; then everything that still comes is given up. The target is closed.
  void run();

  /// Ends soon, without waiting for a store that is away. Any thread.
  void abandon();
  /// The reader is to call Source::restart() and push a resync. Any thread.
  bool wants_resync() const { return wants_resync_.load(); }

  /// Any thread.
  IngestCounts counts() const;
  std::optional<Error> error() const;
  std::optional<Wait> waits() const { return wait_.longest(); }

 private:
  enum class Tried : std::uint8_t { done, fenced, failed };

  std::optional<std::int64_t> deadline() const;
  bool take(WorkItem& item);
  void decode(Work& work);
  bool commit();
  bool do_alone(const std::function<Result<bool>()>& write);
  Tried try_until_done(const std::function<Result<bool>()>& write);
  bool wait_before_retry(const Error& why, std::int64_t give_up_ns, int tries);
  void settle_all();
  void drop_all(const Error& why);
  void drop_rest();
  bool expire();
  void fail_with(Error error);

  const IngestConfig& config_;
  Source& source_;
  WorkTarget& target_;
  WorkQueue& queue_;
  Clock& clock_;
  BlockDecoder* decoder_ = nullptr;
  std::int64_t begun_ns_ = 0;  ///< when the transaction got its first block
  std::atomic<bool> abandoned_{false}, wants_resync_{false};
  WaitNote wait_;
  mutable std::mutex mutex_;  // guards all below
  IngestCounts counts_;
  std::optional<Error> error_;
};

}  // namespace racesim
