// The runs of all scenarios, one each.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "serve/control/live_run.h"
#include "serve/control/status_json.h"

namespace racesim::serve {

/// Any thread, but start(), which is one thread's at a time.
class Runs {
 public:
  /// `store`: where their events are kept; null: nowhere.
  Runs(LiveFeed& feed, RunBook& book, StoreKeeper* store, Clock& clock, const Told& warn);

  LiveRun& of(const ScenarioEntry& scenario) { return *runs_.at(&scenario); }
  /// False: stop_all() was called.
  bool open() const;

  NamedStatus status(const ScenarioEntry& scenario) const;
  std::vector<NamedStatus> statuses() const;
  /// Of the run now, or of the last one; null before the first.
  std::shared_ptr<const ScenarioContent> content(const ScenarioEntry& scenario) const;

  /// Stops one (null: all); `ended` is called when they have ended.
  void stop(const ScenarioEntry* scenario, const std::function<void()>& ended);
  /// Stops all, and nothing begins any more.
  void stop_all();
  void abandon_all();
  /// True: stop_all() was called, and all have ended.
  bool wait_for(std::int64_t timeout_ns);

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool closing_ = false, all_ended_ = false;
  std::map<const ScenarioEntry*, std::unique_ptr<LiveRun>> runs_;  // ends first: its threads use the above
};

}  // namespace racesim::serve
