// The accounts of one kafka sink: what is on its way, what became of it, and how much more may come.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/dead_letter.h"
#include "io/kafka/producing/producer.h"
#include "io/resumable.h"
#include "io/sink.h"

namespace racesim::kafka {

/// A batch of which events are on their way; freed with the last report. Messages point into it.
struct Flight {
  SharedBatch batch;
  std::uint64_t serial = 0;            ///< ascending in the order of submission
  std::atomic<std::uint32_t> open{0};  ///< events to be reported, and one for the submitting thread
};

/// An event on its way.
struct Airborne {
  Flight* flight = nullptr;
  std::uint32_t index = 0;
  std::uint32_t topic = 0;
  std::int32_t partition = 0;
  std::int64_t offset = -1;  ///< where it was found
  Persisted persisted = Persisted::no;
  std::int64_t time_ms = -1;  ///< of its record; -1: not known
};

/// Reports that do not settle their events yet.
struct Unsettled {
  bool with_arrived = false;      ///< take events that arrived: their transaction is not committed yet
  bool with_timed_out = false;    ///< take events that timed out: they are sent again
  std::vector<Airborne> arrived;  ///< per partition in its order, with offsets
  std::vector<Airborne> failed;   ///< what a new producer or transaction may repair
};

/// Partition by partition, each in the order of sending.
void sort_by_partition(std::vector<Airborne>& events);

/// Gives back what `events` events, or the submitting thread, held of the flight.
void land(Flight* flight, std::uint32_t events);

/// Every method may be called from any thread. An event is pending from reserve() until it is settled.
class Delivery {
 public:
  /// `topics`: their names, by index.
  Delivery(std::string name, std::vector<std::string> topics, std::uint64_t most_pending,
           SinkCounters& counters, AckListener* listener, DeadLetter& dead_letter)
      : name_(std::move(name)),
        topics_(std::move(topics)),
        most_pending_(static_cast<std::int64_t>(most_pending)),
        counters_(counters),
        listener_(listener),
        dead_letter_(dead_letter) {}

  /// Blocks until some of `wanted` more events may be pending and returns how many; 0: the sink has ended.
  std::size_t reserve(std::size_t wanted);
  /// Blocks until nothing is pending, `timeout_ns` at most; whether nothing is.
  bool wait_until_settled(std::int64_t timeout_ns);
  /// Blocks until the sink has ended, `timeout_ns` at most; whether it has.
  bool wait_until_ended(std::int64_t timeout_ns);
  /// Blocks until something is settled, the sink ended, or `timeout_ns` is over.
  void wait_for_change(std::int64_t timeout_ns);
  std::uint64_t pending() const { return static_cast<std::uint64_t>(pending_.load()); }
  /// Of the pending ones, those that the brokers do not have yet.
  std::uint64_t unsent() const {
    const std::int64_t arrived = arrived_.load();  // first: only what is pending has arrived
    return static_cast<std::uint64_t>(std::max<std::int64_t>(pending_.load() - arrived, 0));
  }
  /// So many of the pending events have arrived: their transaction is not committed yet.
  void note_arrived(std::size_t events) { arrived_.store(static_cast<std::int64_t>(events)); }

  /// The brokers do not answer, for this reason; until the next event is found to be there.
  void note_wait(std::int64_t now_ns, std::string why) {
    counters_.wait.begin(this, {now_ns, 0, std::move(why)});
  }

  /// Wakes those who wait for a change.
  void wake();
  /// Whether acks are waited for: by submit(), for room, or at the end.
  bool is_wanted() const { return wanted_.load(std::memory_order_relaxed); }
  void want_all();

  /// Takes the reports of one event of the producer: acks, and failures. With `held`, those that settle
  /// nothing yet are put there instead; they stay pending.
  void take(const rd_kafka_event_t& event, const Producer& producer, Unsettled* held);
  /// Settles events that are in the topic.
  void found(const std::vector<Airborne>& events);
  /// Settles events as failed.
  void failed(const std::vector<Airborne>& events, const std::string& why);
  void count_retried(std::size_t events) { counters_.retried.fetch_add(events, std::memory_order_relaxed); }
  /// Of this partition; none before the first ack.
  std::optional<StreamPosition> position(std::uint32_t topic, std::int32_t partition) const;
  /// Fails events that were never reserved: counts them as sent and failed.
  void refuse(const SharedBatch& batch, std::size_t first, std::size_t last);
  void note_sent(const WireBatch& batch, std::size_t first, std::size_t last);
  /// The record behind the last one that is known to be in the topic, per partition that has any.
  std::vector<StreamPosition> positions() const;

  /// Nothing new is taken from now on; what is open fails, for this reason. The first call counts.
  void end(std::optional<Error> error, std::string reason);
  /// The same, since another process delivers what is open: it fails, but is no dead letter.
  void hand_over(Error error);
  bool ended() const { return ended_.load(std::memory_order_acquire); }
  std::string end_reason() const;
  std::optional<Error> error() const;

 private:
  void bury(const std::vector<Airborne>& events, const std::string& why, Persisted persisted);
  void release(std::size_t events);
  void note_positions(const std::vector<Airborne>& events);
  void end_locked(std::optional<Error> error, std::string reason);
  bool is_handed_over() const;

  const std::string name_;
  const std::vector<std::string> topics_;
  const std::int64_t most_pending_;
  SinkCounters& counters_;
  AckListener* const listener_;
  DeadLetter& dead_letter_;

  std::atomic<std::int64_t> pending_{0};
  std::atomic<std::int64_t> arrived_{0};
  std::atomic<bool> wanted_{false};
  std::atomic<bool> ended_{false};
  bool draining_ = false;     // under mutex_
  bool handed_over_ = false;  // under mutex_
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string end_reason_;                 // under mutex_
  std::optional<Error> error_;             // under mutex_
  std::uint64_t first_lost_ = UINT64_MAX;  // first event that is neither there nor in a file; under mutex_
  std::map<std::pair<std::uint32_t, std::int32_t>, StreamPosition> positions_;  // under mutex_
};

}  // namespace racesim::kafka
