// One I/O thread with its loop and its lanes.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "io/http/lane.h"
#include "io/http/loop.h"

namespace racesim::http {

/// Events that any lane may take.
class SharedEvents {
 public:
  void push(EventGroup group) {
    const std::lock_guard lock(mutex_);
    queue_.push(std::move(group));
  }
  void take(std::size_t count, EventQueue& to) {
    const std::lock_guard lock(mutex_);
    queue_.give(count, to);
  }

 private:
  std::mutex mutex_;
  EventQueue queue_;
};

/// hand_over(), wake() and stop() are called by other threads.
class LaneThread {
 public:
  using Work = std::pair<std::size_t, EventGroup>;  ///< position of the lane in this thread, events for it

  /// Makes `lanes` lanes; they run once start() is called. Throws what Asio and std::thread throw.
  LaneThread(const LaneParts& parts, const Endpoint& endpoint, const TlsContext* tls, std::size_t lanes,
             const std::vector<StreamKey>& backoff_keys);
  ~LaneThread();

  void start();
  /// Gives the lanes work and wakes them; empties `work`.
  void hand_over(std::vector<Work>& work);
  /// The lanes look for shared events, or give up all they have if the sink has ended.
  void wake();
  /// Ends the loop, joins and closes the connections. Nothing may be pending.
  void stop();

 private:
  void drain();

  Delivery& delivery_;
  Loop loop_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::mutex mutex_;
  std::vector<Work> inbox_;  // under mutex_
  std::vector<Work> taken_;  // the loop's thread only
  std::atomic<bool> woken_{false};
  std::thread thread_;
};

}  // namespace racesim::http
