// A start that takes longer than a moment says what it waits for: a cluster that does not answer, or a topic
// that is to come to rest before it is read back.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "run/config.h"

namespace racesim::cli {

/// What opening the run's sinks may wait for, a message each; empty: nothing that takes its time.
std::vector<std::string> start_waits(const RunConfig& config);

/// Says it once, if this object is still alive after kTold_ns. Made before the run is opened.
class SlowStart {
 public:
  static constexpr std::int64_t kTold_ns = 1'500'000'000;

  explicit SlowStart(const RunConfig& config, std::int64_t after_ns = kTold_ns);
  ~SlowStart();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;  // under mutex_
  std::thread thread_;
};

}  // namespace racesim::cli
