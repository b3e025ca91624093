// The run of one scenario, started and stopped from outside any number of times.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "run/config.h"
#include "run/generate/run.h"
#include "serve/change_count.h"
#include "serve/control/run_book.h"
#include "serve/keeping/store_keeper.h"
#include "serve/live/live_feed.h"
#include "sim/entry.h"

namespace racesim::serve {

/// How it stands.
struct LiveRunStatus {
  RunState state = RunState::idle;
  std::string run;             ///< 8 hex digits; empty before it is known
  std::optional<Error> error;  ///< what ended it, or kept it from beginning
  RunStatus counts;            ///< of the run now, or of the last one
  bool any = false;            ///< one was started
};

/// Of that what changes only now and then.
struct LiveRunState {
  RunState state = RunState::idle;
  std::string run;  ///< 8 hex digits; empty before it is known

  bool is_active() const {
    return state == RunState::starting || state == RunState::running || state == RunState::draining;
  }
};

/// Told by the run's thread.
using Told = std::function<void(const Error&)>;

/// start() by one thread at a time, stop(), abandon(), status() and state() by any; the destructor stops and
/// waits.
class LiveRun {
 public:
  /// `store`: where its events are kept; null: nowhere.
  LiveRun(const ScenarioEntry& scenario, LiveFeed& feed, RunBook& book, StoreKeeper* store, Clock& clock,
          Told warn);
  ~LiveRun();
  LiveRun(const LiveRun&) = delete;
  LiveRun& operator=(const LiveRun&) = delete;

  /// Begins a run; `opened` is called by its thread once it sends, or cannot. False: one is under way, and
  /// `opened` is not called.
  bool start(RunConfig config, const std::function<void(const Done&)>& opened);
  /// Delivers what is made and ends; `ended` is called then, at once if nothing runs.
  void stop(std::function<void()> ended);
  /// Ends at once. Any thread.
  void abandon();

  LiveRunStatus status() const;
  LiveRunState state() const;
  /// Of what state() tells.
  const ChangeCount& state_changes() const { return state_changes_; }
  /// Of the run now, or of the last one; null before the first.
  std::shared_ptr<const ScenarioContent> content() const;
  const ScenarioEntry& scenario() const { return scenario_; }

 private:
  void carry_out(RunConfig config, const std::function<void(const Done&)>& opened);
  std::unique_ptr<Run> open(RunConfig config, const std::function<void(const Done&)>& opened);
  void note_begun(const Run& run);
  std::optional<Error> note_ended(const Run& run, bool drained);
  void watch(Run& run, std::int64_t drain_ns);
  void end(std::optional<Error> error, std::optional<RunStatus> counts);

  const ScenarioEntry& scenario_;
  LiveFeed& feed_;
  RunBook& book_;
  StoreKeeper* const store_;
  Clock& clock_;
  const Told warn_;
  std::uint32_t run_number_ = 0;  // the run's thread only
  mutable std::mutex mutex_;      // guards all below but the thread, which start() and the destructor use
  RunState state_ = RunState::idle;
  bool stop_asked_ = false;
  std::unique_ptr<Run> run_;  // while it goes on
  std::string run_text_;
  std::optional<Error> error_;
  RunStatus counts_;
  std::shared_ptr<const ScenarioContent> content_;
  bool any_ = false;
  std::vector<std::function<void()>> ended_;
  ChangeCount state_changes_;
  std::thread thread_;
};

}  // namespace racesim::serve
