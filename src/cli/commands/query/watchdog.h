// Ends the process when a query does not end: a database looks at its clock between the steps of a query, and
// one step (a search for a text in a large one) may take hours.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

namespace racesim::cli {

/// Calls `on_late` once, from a thread of its own, if the object still lives after so long.
class Watchdog {
 public:
  Watchdog(std::int64_t limit_ns, std::function<void()> on_late);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;  // under mutex_
  std::thread thread_;
};

}  // namespace racesim::cli
