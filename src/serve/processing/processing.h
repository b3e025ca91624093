// Live results of all scenarios: one thread that reads their rings.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "serve/control/live_run.h"
#include "serve/live/live_feed.h"
#include "serve/processing/live_results.h"

namespace racesim::serve {

/// Any thread, but the constructor and the destructor.
class Processing {
 public:
  /// All of these outlive it. Begins at once.
  Processing(LiveFeed& feed, const RunBook& book, Clock& clock, Told warn,
             const ProcessingLimits& limits = {});
  ~Processing();
  Processing(const Processing&) = delete;
  Processing& operator=(const Processing&) = delete;

  /// There may be new events.
  void wake();
  const LiveResults& of(const ScenarioEntry& scenario) const { return *all_.at(&scenario); }

 private:
  void carry_out();

  Clock& clock_;
  const Told warn_;
  std::map<const ScenarioEntry*, std::unique_ptr<LiveResults>> all_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false, ending_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace racesim::serve
