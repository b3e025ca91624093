#include "io/kafka/tail.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <map>

#include "io/kafka/client.h"
#include "io/kafka/settings.h"

namespace racesim::kafka {
namespace {

constexpr std::size_t kMessagesAtOnce = 1000;
constexpr int kPoll_ms = 100;

using MessagePtr = std::unique_ptr<rd_kafka_message_t, Destroy<&rd_kafka_message_destroy>>;

/// Reads one partition for as long as it lives.
class Reading {
 public:
  Reading(const Client& client, const std::string& topic, std::int32_t partition, std::int64_t from)
      : topic_(rd_kafka_topic_new(client.get(), topic.c_str(), nullptr)),
        queue_(rd_kafka_queue_new(client.get())),
        partition_(partition) {
    started_ = rd_kafka_consume_start_queue(topic_.get(), partition, from, queue_.get()) == 0;
  }
  ~Reading() {
    if (started_) rd_kafka_consume_stop(topic_.get(), partition_);
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  bool started() const { return started_; }
  std::vector<MessagePtr> next() {
    std::vector<rd_kafka_message_t*> raw(kMessagesAtOnce);
    const ssize_t count = rd_kafka_consume_batch_queue(queue_.get(), kPoll_ms, raw.data(), raw.size());
    std::vector<MessagePtr> messages;
    for (ssize_t i = 0; i < count; ++i) messages.emplace_back(raw[static_cast<std::size_t>(i)]);
    return messages;
  }

 private:
  TopicPtr topic_;
  QueuePtr queue_;
  std::int32_t partition_;
  bool started_ = false;
};

std::string_view bytes(const void* data, std::size_t size) {
  return {static_cast<const char*>(data), size};
}

KafkaProperties reader_properties(const KafkaOptions& options) {
  KafkaProperties properties = client_properties(options);
  properties.emplace_back("enable.partition.eof", "true");
  properties.emplace_back("auto.offset.reset", "error");
  properties.emplace_back("check.crcs", "true");
  properties.emplace_back("fetch.wait.max.ms", "100");
  return properties;
}

/// Takes what was read; whether the end is reached.
Result<bool> take(const std::vector<MessagePtr>& messages, std::int64_t end_offset,
                  std::vector<TailRecord>& records) {
  for (const MessagePtr& m : messages) {
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      if (m->offset >= end_offset) return true;
    } else if (m->err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE ||
               m->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
      return fail(ErrorKind::runtime,
                  std::string("records are not there any more: ") + rd_kafka_err2str(m->err));
    } else if (m->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (m->offset >= end_offset) return true;
      const std::string_view key = bytes(m->key, m->key_len);
      records.push_back(
          {m->offset, XXH3_64bits(key.data(), key.size()), hash_payload(bytes(m->payload, m->len))});
      if (m->offset + 1 >= end_offset) return true;
    }
    // Other errors pass: the library connects again.
  }
  return false;
}

}  // namespace

PayloadHash hash_payload(std::string_view payload) noexcept {
  const XXH128_hash_t hash = XXH3_128bits(payload.data(), payload.size());
  return {hash.low64, hash.high64};
}

Result<std::vector<TailRecord>> read_tail(const KafkaOptions& options, const std::string& topic,
                                          std::int32_t partition, std::int64_t from_offset,
                                          std::int64_t end_offset, int limit_ms) {
  std::vector<TailRecord> records;
  if (from_offset >= end_offset) return records;
  const Result<Client> client = Client::open(RD_KAFKA_CONSUMER, reader_properties(options), 0);
  if (!client) return tl::make_unexpected(client.error());
  const std::string place = topic + " [" + std::to_string(partition) + "]";
  Reading reading(*client, topic, partition, from_offset);
  if (!reading.started())
    return fail(ErrorKind::runtime, "read back " + place + ": " + rd_kafka_err2str(rd_kafka_last_error()));
  for (int waited_ms = 0; waited_ms < limit_ms;) {
    const std::vector<MessagePtr> messages = reading.next();
    waited_ms = messages.empty() ? waited_ms + kPoll_ms : 0;
    const Result<bool> ended = take(messages, end_offset, records);
    if (!ended) return fail(ErrorKind::runtime, "read back " + place + ": " + ended.error().what);
    if (*ended) return records;
  }
  return fail(ErrorKind::runtime, "read back " + place + ": no answer: " + client->trouble(),
              "start the broker again");
}

std::vector<std::int64_t> match_tail(std::span<const PayloadHash> sent, std::span<const TailRecord> records) {
  std::map<PayloadHash, std::vector<std::size_t>> places;
  for (std::size_t i = 0; i < sent.size(); ++i) places[sent[i]].push_back(i);
  std::vector<std::int64_t> offsets(sent.size(), -1);
  std::size_t next = 0;
  for (const TailRecord& record : records) {
    const auto found = places.find(record.payload_hash);
    if (found == places.end()) continue;
    const auto place = std::lower_bound(found->second.begin(), found->second.end(), next);
    if (place == found->second.end()) continue;
    offsets[*place] = record.offset;
    next = *place + 1;
  }
  return offsets;
}

}  // namespace racesim::kafka
