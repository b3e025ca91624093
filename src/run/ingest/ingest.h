// An ingest: records from a source become rows of a store, or whatever its target makes of them. Owns its two
// threads: one reads and decodes, the other writes. No globals, no signals, no output.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "io/sources/source.h"
#include "io/stores/store.h"
#include "run/ingest/ingest_config.h"
#include "run/ingest/ingest_counts.h"
#include "run/ingest/transaction.h"
#include "run/ingest/work_queue.h"
#include "run/ingest/work_target.h"
#include "run/ingest/writer.h"
#include "run/rows/block_decoder.h"

namespace racesim {

struct IngestStatus {
  IngestCounts counts;
  double uptime_s = 0;
  bool stopping = false;
  std::optional<std::uint64_t> lag;  ///< records that are there and not read yet, where the source knows
  std::string waiting_for;           ///< the store or the source that is waited for; empty: none
  std::optional<Wait> wait;
};

struct IngestResult {
  IngestStatus status;
  std::optional<Error> error;                           ///< what ended it before its end
  bool reached_end = false;                             ///< of a source that ends by itself
  bool drained = true;                                  ///< all that was read is committed
  std::map<std::string, std::uint64_t> unknown_fields;  ///< names that no schema has, with their records
};

/// start(), stop(), abandon(), status() and the waits may be called from any thread, each once it is open.
class Ingest final : private LaneKeeper {
 public:
  Ingest(IngestConfig config, std::unique_ptr<Source> source, std::unique_ptr<Store> store,
         std::unique_ptr<BlockDecoder> decoder, Clock& clock);
  /// `target` is what the store is else; `source` may be what it was made with.
  Ingest(IngestConfig config, std::unique_ptr<Source> source, std::unique_ptr<WorkTarget> target,
         std::unique_ptr<BlockDecoder> decoder, Clock& clock);
  /// Abandons what still goes on.
  ~Ingest() override;

  /// The thread that writes makes rows too, with this decoder, whenever it would wait for the one that reads.
  /// Before start(); for decoders that remember nothing of earlier blocks (no laws). Without effect where a
  /// record that is no row ends the ingest.
  void share_decoding(std::unique_ptr<BlockDecoder> decoder);
  /// Opens the source, which asks the store where to begin. Errors: those of Source::open().
  Done open();
  void start();
  /// True once it has ended; waits at most so long.
  bool wait_for(std::int64_t ns);
  IngestResult wait();
  /// Takes in nothing new, commits what was read, ends.
  void stop();
  /// Ends now: what is not committed yet is not stored, and will be read again.
  void abandon();
  IngestStatus status() const;

  const Source& source() const { return *source_; }
  const WorkTarget& target() const { return *target_; }

 private:
  void read();
  void see_to_the_last();
  bool pull_one();
  bool push(WorkItem& item);
  bool resync();
  std::optional<Error> first_invalid(const Work& work) const;
  void fail_reading(const Error& error);
  /// Runs `task` between two transactions, once all that was pushed is committed. False: the writer has given
  /// up.
  bool between_transactions(const std::function<void()>& task);

  Result<std::vector<std::optional<LanePosition>>> positions(std::span<const LanePosition> lanes) override;
  Result<std::vector<std::optional<LanePosition>>> look_up(std::span<const LanePosition> lanes);
  Done release(std::span<const std::uint32_t> lanes) override;

  const IngestConfig config_;
  const std::unique_ptr<Source> source_;
  const std::unique_ptr<WorkTarget> target_;
  const std::unique_ptr<BlockDecoder> decoder_;
  std::unique_ptr<BlockDecoder> second_decoder_;  ///< of the thread that writes; null: it makes no rows
  Clock& clock_;
  WorkQueue queue_;
  IngestWriter writer_;
  std::int64_t begin_ns_ = 0;
  std::atomic<bool> started_{false}, stopping_{false}, abandoned_{false}, reached_end_{false};

  mutable std::mutex mutex_;  // guards all below
  std::condition_variable ended_;
  int running_ = 0;  ///< threads
  std::optional<Error> read_error_;
  std::int64_t end_ns_ = 0;

  std::thread reader_thread_, writer_thread_;
};

}  // namespace racesim
