// Sends events to the partitions of a run's topics, and serves the reports on a thread of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "io/kafka/producing/committer.h"
#include "io/kafka/producing/delivery.h"
#include "io/kafka/producing/keys.h"
#include "io/kafka/producing/producer.h"
#include "io/kafka/producing/recovery_lookup.h"

namespace racesim::kafka {

/// A topic that a run writes to; the stream with the same index goes there.
struct Route {
  std::string topic;
  std::int32_t partitions = 0;
  std::vector<std::int64_t> first_offsets;  ///< by partition: behind all that was there before the run
  std::uint64_t record_bytes_max = 0;       ///< 0: not known
};

/// A producer that dies of a fatal error is replaced (recovery): what it left open is looked up in the topic,
/// and what is not there goes out again, before anything new. With transactions there is one producer only,
/// and a Committer for it. submit() and drain() are called by one thread, the rest by any.
class Sender {
 public:
  Sender(Producer producer, std::vector<Route> routes, KafkaOptions options, KafkaProperties properties,
         Clock& clock, Delivery& delivery);
  /// Everything must be settled.
  ~Sender();

  void start();
  /// Takes the events [first, last); blocks while the queue is full. Fails them once the delivery has ended.
  void submit(const SharedBatch& batch, std::size_t first, std::size_t last);
  /// Returns once every event is settled.
  void drain();
  /// Gives up what is open; the delivery has ended.
  void purge();

 private:
  struct Partition {
    std::uint32_t topic = 0;
    std::int32_t partition = 0;
    std::vector<Message> messages;
  };

  Flight* board(const SharedBatch& batch, std::size_t events);
  void sort_into_partitions(Flight* flight, std::size_t first, std::size_t last);
  void send(Partition& partition);
  bool offer(Partition& partition);
  void drop_settled(Partition& partition);
  static Message message_of(Flight* flight, std::size_t event, const RecordKeys::Entry& key);
  Airborne airborne(const Partition& partition, const Message& message) const;
  void serve();
  void take(const rd_kafka_event_t& event, Unsettled* held);
  std::vector<Airborne> send_again(Producer& producer, const std::vector<Airborne>& again, bool waits);
  // Recovery, in recovery_replace.cpp; the server's.
  void recover(const std::string& why);
  std::vector<Airborne> collect_open();
  bool may_recover(const std::string& why);
  std::optional<LookedUp> look_up_open(const std::vector<Airborne>& open);
  Done replace(const std::vector<Airborne>& again);

  std::mutex producer_mutex_;         // guards producer_ against being replaced while it is used
  std::optional<Producer> producer_;  // none while a dead one is replaced
  const std::vector<Route> routes_;
  std::vector<std::string> topics_;  // of the routes
  const KafkaOptions options_;
  const KafkaProperties properties_;
  Clock& clock_;
  Delivery& delivery_;
  std::deque<RecordKeys> keys_;        // by stream
  std::vector<Partition> partitions_;  // partition p of stream s: first_partition_[s] + p
  std::vector<std::size_t> first_partition_;
  std::vector<std::size_t> filled_;  // partitions with messages
  Flight* current_ = nullptr;        // of the batch submitted last
  std::uint64_t next_serial_ = 0;
  Unsettled held_;                        // the server's: open when the producer died
  std::deque<std::int64_t> fatal_at_ns_;  // the server's: of the last errors
  bool refused_ = false;                  // the server's: it died since we may not write
  std::atomic<bool> stopping_{false};
  std::thread server_;
  std::optional<Committer> committer_;  // with transactions
};

}  // namespace racesim::kafka
