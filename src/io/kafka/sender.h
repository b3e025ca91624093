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

#include "io/kafka/delivery.h"
#include "io/kafka/keys.h"
#include "io/kafka/producer.h"

namespace racesim::kafka {

/// A topic that a run writes to; the stream with the same index goes there.
struct Route {
  std::string topic;
  std::int32_t partitions = 0;
  std::uint64_t record_bytes_max = 0;  ///< 0: not known
};

/// submit() and drain() are called by one thread, the rest by any.
class Sender {
 public:
  Sender(Producer producer, std::vector<Route> routes, bool event_times, Delivery& delivery);
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
  struct Lane {
    std::uint32_t topic = 0;
    std::int32_t partition = 0;
    std::vector<Message> messages;
  };

  Flight* board(const SharedBatch& batch, std::size_t events);
  void sort_into_lanes(Flight* flight, std::size_t first, std::size_t last);
  void send(Lane& lane);
  void drop_settled(Lane& lane);
  Airborne airborne(const Lane& lane, const Message& message) const;
  void serve();
  void take_error(const rd_kafka_event_t& event);

  std::mutex producer_mutex_;  // guards producer_ against being replaced while it is used
  Producer producer_;
  const std::vector<Route> routes_;
  const bool event_times_;
  Delivery& delivery_;
  std::deque<KeyTable> keys_;  // by stream
  std::vector<Lane> lanes_;     // partition p of stream s: first_lane_[s] + p
  std::vector<std::size_t> first_lane_;
  std::vector<std::size_t> filled_;  // lanes with messages
  Flight* current_ = nullptr;        // of the batch submitted last
  std::uint64_t next_serial_ = 0;
  std::atomic<bool> stopping_{false};
  std::thread server_;
};

}  // namespace racesim::kafka
