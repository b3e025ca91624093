#include "serve/processing/processing.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "sim/registry.h"

namespace racesim::serve {

Processing::Processing(LiveFeed& feed, const RunBook& book, Clock& clock, Told warn,
                       const ProcessingLimits& limits)
    : clock_(clock), warn_(std::move(warn)) {
  for (const ScenarioEntry* scenario : scenarios())
    all_[scenario] = std::make_unique<LiveResults>(*scenario, feed.ring(*scenario), book, clock, limits);
  thread_ = std::thread([this] { carry_out(); });
}

Processing::~Processing() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Processing::wake() {
  {
    const std::lock_guard lock(mutex_);
    if (woken_) return;
    woken_ = true;
  }
  changed_.notify_all();
}

void Processing::carry_out() {
  std::optional<std::int64_t> due_ns;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      const auto called = [&] { return woken_ || ending_; };
      if (!due_ns)
        changed_.wait(lock, called);
      else
        changed_.wait_for(
            lock, std::chrono::nanoseconds(std::max<std::int64_t>(0, *due_ns - clock_.now_ns())), called);
      if (ending_) return;
      woken_ = false;
    }
    due_ns.reset();
    for (const auto& [scenario, results] : all_) {
      if (const Done done = results->step(); !done) warn_(done.error());
      if (results->due_ns()) due_ns = std::min(due_ns.value_or(INT64_MAX), *results->due_ns());
    }
  }
}

}  // namespace racesim::serve
