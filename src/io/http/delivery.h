// What the lanes of one http sink share: accounts, back-pressure, dead letters and the end of it all.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/dead_letter.h"
#include "io/http/endpoint.h"
#include "io/http/event_queue.h"
#include "io/http/rejects.h"
#include "io/http/transport.h"
#include "io/sink.h"
#include "io/sinks/http_options.h"

namespace racesim::http {

/// Every method may be called from any thread. An event is pending from reserve() until acked() or failed().
class Delivery {
 public:
  Delivery(const Endpoint& endpoint, const HttpOptions& options, SinkCounters& counters,
           AckListener* listener, DeadLetter& dead_letter)
      : endpoint_(endpoint),
        options_(options),
        counters_(counters),
        listener_(listener),
        dead_letter_(dead_letter) {}

  /// Blocks until some of `wanted` more events may be pending and returns how many; 0: the sink has ended.
  std::size_t reserve(std::size_t wanted);
  /// Blocks until nothing is pending.
  void wait_until_settled();

  void count_sent(std::size_t events) { counters_.sent.fetch_add(events, std::memory_order_relaxed); }
  /// The first `count` events of `queue` are written to a connection now, for the first time.
  void note_sent(const EventQueue& queue, std::size_t count);
  void count_retried(std::size_t events) { counters_.retried.fetch_add(events, std::memory_order_relaxed); }
  /// The receiver took so many events with an answer that could not be read, and so may have refused some.
  void count_unread(const std::string& why, std::size_t events) { counters_.unread.add(why, events); }
  /// The receiver took the first `count` events of `queue` but for `rejects`, which are dead-lettered.
  void acked(const EventQueue& queue, std::size_t count, std::size_t bytes,
             const std::vector<Reject>& rejects);
  /// Gives up the first `count` events of `queue`, which were counted as sent, after so many tries.
  void failed(const EventQueue& queue, std::size_t count, const std::string& why, std::uint32_t tries,
              Persisted persisted);
  /// Gives up events that were never reserved: counts them as sent and failed.
  void refuse(const SharedBatch& batch, std::size_t first, std::size_t last);

  /// A lane starts to connect at `now_ns`; returns the end of the grace period if nobody has connected yet.
  std::optional<std::int64_t> grace_end_ns(std::int64_t now_ns);
  void note_connected() { connected_.store(true, std::memory_order_relaxed); }
  bool ever_connected() const { return connected_.load(std::memory_order_relaxed); }

  /// What the lanes wait for.
  WaitNote& waits() { return counters_.wait; }
  /// The run is to end: from now on the first connection that fails ends the sink if none ever held.
  void stop_reaching();
  bool is_stopping() const { return stopping_.load(std::memory_order_relaxed); }

  /// The endpoint is out of reach: submit() and close() are to return this error.
  void abort_unreachable(const OpenFailure& failure);
  void abandon();
  bool ended() const { return ended_.load(std::memory_order_acquire); }
  /// Why open events are given up once ended().
  std::string end_reason() const;
  /// What submit() and close() return.
  std::optional<Error> error() const;
  /// Called once, from the thread that ended the sink. Set before the first event.
  std::function<void()> on_end;

 private:
  void abort_unreachable(const std::string& what, bool certificate);
  void end(std::optional<Error> error, std::string reason);
  void bury(const std::vector<DeadEvent>& events, const std::string& why, std::uint32_t tries,
            Persisted persisted);
  void release(std::size_t events);
  void wait(std::int64_t at_most, std::unique_lock<std::mutex>& lock, bool stop_at_end);

  const Endpoint& endpoint_;
  const HttpOptions& options_;
  SinkCounters& counters_;
  AckListener* const listener_;
  DeadLetter& dead_letter_;

  std::atomic<std::int64_t> pending_{0};
  std::atomic<std::int64_t> wake_at_{-1};  ///< a thread waits for pending_ to be at most this
  std::atomic<bool> connected_{false};
  std::atomic<std::int64_t> first_open_ns_{-1};
  std::atomic<bool> ended_{false};
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string end_reason_;      // under mutex_
  std::optional<Error> error_;  // under mutex_
};

}  // namespace racesim::http
