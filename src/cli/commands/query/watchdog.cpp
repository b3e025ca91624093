#include "cli/commands/query/watchdog.h"

#include <chrono>
#include <utility>

namespace racesim::cli {

Watchdog::Watchdog(std::int64_t limit_ns, std::function<void()> on_late)
    : thread_([this, limit_ns, late = std::move(on_late)] {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, std::chrono::nanoseconds(limit_ns), [this] { return over_; })) late();
      }) {}

Watchdog::~Watchdog() {
  {
    const std::scoped_lock lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

}  // namespace racesim::cli
