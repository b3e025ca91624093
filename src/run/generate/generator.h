// Renders and encodes slices on worker threads and hands the batches on in order.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/error.h"
#include "codec/encoder.h"
#include "model/batch.h"
#include "run/generate/batch_pool.h"
#include "sim/scenario.h"

namespace racesim {

/// Workers claim slices in order, at most threads + kSlicesAhead ahead of the reader. Waking a thread takes
/// microseconds: who had to wait, reader or worker, goes on when there is something to do for kBurst slices
/// (or for the last ones).
class Generator {
 public:
  static constexpr std::uint64_t kBurst = 2;
  /// So many that reader and workers never wait for one another at once.
  static constexpr std::uint64_t kSlicesAhead = 2 * kBurst - 1;

  /// `scenario` and its streams' encoders, one each, outlive the generator. `run` is the run's number. Slices
  /// before `first_slice` are not made.
  Generator(const Scenario& scenario, std::vector<const Encoder*> encoders, ShardRange shards,
            std::uint32_t run, unsigned threads, std::uint64_t first_slice = 0);
  /// Cancels and joins.
  ~Generator();

  /// Errors: the system has no more threads; those that were started end with cancel().
  Done start();
  /// The next batch in order; blocks. Null at the end, or after cancel(), or when a worker failed: see
  /// error(). A batch may be empty. One reader.
  std::shared_ptr<WireBatch> next();
  /// The reader's: whether next() has returned the last batch.
  bool at_end() const { return read_ >= slices_.count(); }
  /// The reader's: the slice of the next batch.
  std::uint64_t next_slice() const { return read_; }
  /// The reader's: event time at which the slice of the last batch ends.
  std::int64_t read_until_ns() const { return slices_.at(read_ - 1).end_ns; }
  /// Makes next() return null and the workers end after their current slice. Any thread.
  void cancel();
  /// Why a worker gave up, such as memory that ran out.
  std::optional<Error> error() const;

 private:
  void work();
  void render_all();
  std::optional<std::uint64_t> claim();
  std::shared_ptr<WireBatch> render(std::uint64_t slice);
  bool has_burst() const;

  const SliceGrid slices_;
  const std::vector<const Encoder*> encoders_;  // by stream
  const std::shared_ptr<const std::vector<StreamTag>> tags_;
  const std::uint32_t run_;
  const unsigned threads_;
  std::unique_ptr<Walk> walk_;
  std::shared_ptr<BatchPool> pool_ = std::make_shared<BatchPool>();

  mutable std::mutex mutex_;
  std::condition_variable ready_;                   // for the reader
  std::condition_variable room_;                    // for the workers
  std::vector<std::shared_ptr<WireBatch>> window_;  // slot of slice s: s mod size; null until rendered
  std::uint64_t next_claim_ = 0;
  std::uint64_t next_read_ = 0;
  bool reader_waits_ = false;
  bool cancelled_ = false;
  std::optional<Error> error_;
  std::uint64_t read_ = 0;  // as next_read_, for the reader alone
  std::vector<std::thread> workers_;
};

}  // namespace racesim
