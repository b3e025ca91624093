#include "io/kafka/producing/producer.h"

#include <array>

#include "base/check.h"

namespace racesim::kafka {

Result<Producer> Producer::open(const KafkaProperties& properties, const std::vector<std::string>& topics) {
  Result<Client> client =
      Client::open(RD_KAFKA_PRODUCER, properties, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
  if (!client) return tl::make_unexpected(client.error());
  std::vector<TopicPtr> objects;
  for (const std::string& topic : topics)
    objects.emplace_back(rd_kafka_topic_new(client->get(), topic.c_str(), nullptr));
  QueuePtr queue(rd_kafka_queue_get_main(client->get()));
  return Producer(*std::move(client), std::move(objects), std::move(queue));
}

bool Producer::warm_up(int limit_ms) {
  const rd_kafka_metadata_t* metadata = nullptr;
  if (rd_kafka_metadata(client_.get(), 0, nullptr, &metadata, limit_ms) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return false;
  rd_kafka_metadata_destroy(metadata);
  return true;
}

void Producer::produce(std::uint32_t topic, std::int32_t partition, std::vector<Message>& messages,
                       bool timed) {
  if (timed)
    produce_timed(topic, partition, messages);
  else
    rd_kafka_produce_batch(topics_[topic].get(), partition, 0, messages.data(),
                           static_cast<int>(messages.size()));
}

// produce_batch() knows no record times.
void Producer::produce_timed(std::uint32_t topic, std::int32_t partition, std::vector<Message>& messages) {
  bool full = false;
  for (Message& m : messages) {
    m.err = RD_KAFKA_RESP_ERR__QUEUE_FULL;
    if (full) continue;
    m.err = rd_kafka_producev(client_.get(), RD_KAFKA_V_RKT(topics_[topic].get()),
                              RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_VALUE(m.payload, m.len),
                              RD_KAFKA_V_KEY(m.key, m.key_len), RD_KAFKA_V_TIMESTAMP(m.offset),
                              RD_KAFKA_V_OPAQUE(m._private), RD_KAFKA_V_END);
    full = m.err == RD_KAFKA_RESP_ERR__QUEUE_FULL;
  }
}

EventPtr Producer::poll(int timeout_ms) {
  return EventPtr(rd_kafka_queue_poll(queue_.get(), timeout_ms));
}

std::uint32_t Producer::topic_index(const rd_kafka_topic_t* topic) const {
  for (std::size_t i = 0; i < topics_.size(); ++i)
    if (topics_[i].get() == topic) return static_cast<std::uint32_t>(i);
  RACESIM_CHECK(false && "a report of a topic that nothing was sent to");
  return 0;
}

void Producer::purge_queue() {
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE);
}

void Producer::purge() {
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
}

std::optional<std::string> Producer::fatal_error() const {
  std::array<char, 512> why{};
  const rd_kafka_resp_err_t code = rd_kafka_fatal_error(client_.get(), why.data(), why.size());
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return std::nullopt;
  return std::string(why.data());
}

bool Producer::fatal_is_refusal() const {
  const rd_kafka_resp_err_t code = rd_kafka_fatal_error(client_.get(), nullptr, 0);
  return code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED ||
         code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
}

}  // namespace racesim::kafka
