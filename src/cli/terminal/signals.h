// SIGINT, SIGTERM, SIGHUP and SIGQUIT, turned into an orderly end of the run. Every command that may run for
// long uses this.
#pragma once

#include <csignal>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "base/error.h"

namespace racesim::cli {

/// What to do about signals. Both functions are called from the watching thread.
struct SignalActions {
  std::function<void()> stop;     ///< first signal: end in an orderly way
  std::function<void()> abandon;  ///< second signal or SIGQUIT, or the drain time is over: end at once
};

/// From start() on blocks SIGINT, SIGTERM, SIGHUP (a terminal or connection that is gone) and SIGQUIT for
/// this thread, and for those that it starts later, and reads them from a signalfd in a thread of its own:
/// nothing runs in a signal handler. A signal that was ignored when the process started (nohup, a shell's
/// background job) stays ignored. A second signal ends the process within a second, whatever hangs; SIGQUIT
/// does so as the first one, too. One object at a time.
class SignalWatch {
 public:
  explicit SignalWatch(std::int64_t drain_timeout_ns) : drain_timeout_ns_(drain_timeout_ns) {}
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  /// Blocks the signals and starts the thread. Once. Errors: runtime, without descriptors or threads left.
  Done start();
  /// From now on signals do this; one that came before does it at once.
  void attach(SignalActions actions);
  /// The actions are not called any more once this has returned.
  void detach();

  /// The number of the signal that the process ends with: SIGQUIT if it came, else the first one; 0 if none
  /// came. Any thread.
  int signal() const;
  /// How many came; SIGQUIT as the first one counts as two. Any thread.
  int count() const;

 private:
  void watch();
  void on_signal(int number);
  void on_deadline();

  const std::int64_t drain_timeout_ns_;
  int signal_fd_ = -1, wake_fd_ = -1;
  sigset_t old_mask_{};
  mutable std::mutex mutex_;  // guards all below; held while an action runs, so that detach() can wait for it
  SignalActions actions_;
  int signal_ = 0, count_ = 0;
  bool done_ = false, forced_ = false;
  std::int64_t deadline_ns_ = 0;  // steady; 0: none
  std::thread thread_;
};

}  // namespace racesim::cli
