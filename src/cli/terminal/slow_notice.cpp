#include "cli/terminal/slow_notice.h"

#include <chrono>
#include <system_error>
#include <utility>

#include "cli/terminal/log.h"
#include "run/generate/waiting.h"

namespace racesim::cli {

SlowNotice::SlowNotice(std::string text) : text_(std::move(text)) {
  if (text_.empty()) return;
  try {
    thread_ = std::thread([this] {
      std::unique_lock lock(mutex_);
      if (!changed_.wait_for(lock, std::chrono::nanoseconds(kLongWait_ns), [&] { return over_; }))
        log(LogLevel::warn, text_);
    });
  } catch (const std::system_error&) {
    // What it would have told of goes on all the same.
  }
}

SlowNotice::~SlowNotice() {
  {
    const std::scoped_lock lock(mutex_);
    over_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace racesim::cli
