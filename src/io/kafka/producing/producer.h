// librdkafka's producer: takes messages partition by partition and reports on each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/kafka/cluster/client.h"

namespace racesim::kafka {

/// A message to be sent. `offset` holds the record's time in epoch milliseconds, 0: that of sending.
using Message = rd_kafka_message_t;

/// produce() and poll() may run at the same time on two threads; purge() on any.
class Producer {
 public:
  /// `topics` are named by their index from here on.
  static Result<Producer> open(const KafkaProperties& properties, const std::vector<std::string>& topics);

  /// Connects and learns where the topics are; false if that takes longer than `limit_ms`. To be repeated
  /// until it is true: events that are offered before go to a queue without a partition, from which later
  /// ones may overtake them.
  bool warm_up(int limit_ms);

  /// Offers the messages in order to one partition and sets `err` of each: taken, or why not. Once one meets
  /// a full queue, so do all behind it. Payloads stay where they are until they are reported. `timed`: they
  /// hold record times.
  void produce(std::uint32_t topic, std::int32_t partition, std::vector<Message>& messages, bool timed);

  /// The next event: delivery reports or an error. Null after `timeout_ms`.
  EventPtr poll(int timeout_ms);
  /// Index of the topic of a report.
  std::uint32_t topic_index(const rd_kafka_topic_t* topic) const;

  /// Messages that were taken and are not reported yet.
  int outstanding() const { return rd_kafka_outq_len(client_.get()); }
  /// Sends what waits for company now. Returns after `timeout_ms` at the latest.
  void flush(int timeout_ms) { rd_kafka_flush(client_.get(), timeout_ms); }
  /// Gives up what waits.
  void purge_queue();
  /// Gives up what waits, and also what is on its way.
  void purge();
  /// The error after which an idempotent producer is dead.
  std::optional<std::string> fatal_error() const;
  /// Whether that error says that we may not write.
  bool fatal_is_refusal() const;
  void note_trouble(std::string text) { client_.note_trouble(std::move(text)); }
  std::string trouble() const { return client_.trouble(); }
  rd_kafka_t* handle() const { return client_.get(); }

 private:
  Producer(Client client, std::vector<TopicPtr> topics, QueuePtr queue)
      : client_(std::move(client)), topics_(std::move(topics)), queue_(std::move(queue)) {}
  void produce_timed(std::uint32_t topic, std::int32_t partition, std::vector<Message>& messages);

  Client client_;  // goes last: topics and queue belong to it
  std::vector<TopicPtr> topics_;
  QueuePtr queue_;
};

}  // namespace racesim::kafka
