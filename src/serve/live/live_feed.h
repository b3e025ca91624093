// The rings of all scenarios and who reads them.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "base/clock.h"
#include "serve/live/event_ring.h"
#include "sim/entry.h"

namespace racesim::serve {

class LiveClient;

struct LiveLimits {
  RingLimits ring;
  std::int64_t tick_ns = 10'000'000;         ///< events wait so long for others that go out with them
  std::int64_t behind_ns = 2'000'000'000;    ///< a client that is later is thinned
  std::int64_t stalled_ns = 10'000'000'000;  ///< a client that takes nothing for so long is cut
  std::int64_t window_ns = 30'000'000'000;   ///< and one that is thinned `thinned_most` times in it
  int thinned_most = 5;
  std::size_t write_bytes = std::size_t{256} << 10;  ///< of one write, about
  std::size_t snapshot_items = 2000;
};

/// Calls a function by the server's thread, after a delay.
using Later = std::function<void(std::int64_t delay_ns, std::function<void()> call)>;

/// The server's thread, but for what rings let any thread do, select(), current() and clients().
class LiveFeed {
 public:
  /// `first`: the scenario that is shown before any was started. `clock` and what `later` calls outlive it.
  LiveFeed(const LiveLimits& limits, const ScenarioEntry& first, Clock& clock, Later later);

  EventRing& ring(const ScenarioEntry& scenario) { return *rings_.at(&scenario); }
  /// The same with all that was appended by now: an answer may not be behind what the caller was told of.
  const EventRing& caught_up(const ScenarioEntry& scenario) {
    EventRing& ring = this->ring(scenario);
    ring.collect(clock_.now_ns());
    return ring;
  }
  /// The scenario that was started last.
  const ScenarioEntry& current() const { return *current_.load(); }
  void select(const ScenarioEntry& scenario) { current_ = &scenario; }

  /// Takes in what has come and lets all clients send it.
  void deliver();
  /// Called behind each deliver(), by the server's thread. Before the first event.
  void on_delivered(std::function<void()> call) { delivered_ = std::move(call); }

  void add(LiveClient& client);
  void remove(LiveClient& client);
  std::size_t clients() const { return client_count_; }

  const LiveLimits& limits() const { return limits_; }
  Clock& clock() const { return clock_; }
  /// Tells the ids of this process from those of others.
  const std::string& epoch() const { return epoch_; }

 private:
  void wake();

  const LiveLimits limits_;
  Clock& clock_;
  const Later later_;
  const std::string epoch_;
  std::map<const ScenarioEntry*, std::unique_ptr<EventRing>> rings_;
  std::atomic<const ScenarioEntry*> current_;
  std::atomic<bool> woken_{false};
  std::atomic<std::int64_t> delivered_ns_{0};
  std::set<LiveClient*> clients_;
  std::atomic<std::size_t> client_count_{0};
  std::function<void()> delivered_;
};

}  // namespace racesim::serve
