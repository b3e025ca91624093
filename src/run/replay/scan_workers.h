// Blocks whose records are looked at by several threads, while the lanes they come from are read on.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "run/replay/fact_scan.h"

namespace racesim {

/// One block's turn. Whoever made it keeps it until finish() or drop().
struct ScanJob {
  enum class State : std::uint8_t { waiting, running, done };
  const RecordedLane* lane = nullptr;
  LaneInfo info;  ///< a copy: its source goes on
  TimedBlock block;
  State state = State::done;     ///< guarded by the workers
  std::exception_ptr exception;  ///< likewise
};

/// Used by one thread, which does the work itself where no worker has begun it. Without threads it does all.
class ScanWorkers {
 public:
  /// All outlive it. Threads that cannot be started are done without.
  ScanWorkers(const ReplayConfig& config, const ReplayStreams& streams, std::size_t threads);
  ~ScanWorkers();
  ScanWorkers(const ScanWorkers&) = delete;
  ScanWorkers& operator=(const ScanWorkers&) = delete;

  void begin(ScanJob& job);
  /// Its facts are there behind it. Throws what looking at them threw (memory).
  void finish(ScanJob& job);
  /// Nobody looks at it any more.
  void drop(ScanJob& job);

  /// As many as are of use beside the threads that read and write.
  static std::size_t useful_threads();

 private:
  void work();
  ScanJob* take();
  void run(ScanJob& job, FactScan& scan);

  const ReplayConfig& config_;
  const ReplayStreams& streams_;
  FactScan own_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;  ///< guards all below
  std::condition_variable begun_, done_;
  std::deque<ScanJob*> waiting_;
  bool ended_ = false;
};

}  // namespace racesim
