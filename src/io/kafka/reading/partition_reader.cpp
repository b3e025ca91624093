#include "io/kafka/reading/partition_reader.h"

#include "io/kafka/cluster/settings.h"

namespace racesim::kafka {
namespace {

constexpr std::size_t kMessagesAtOnce = 1000;
constexpr int kReadPoll_ms = 100;
constexpr int kFirstPoll_ms = 2;

}  // namespace

KafkaProperties reader_properties(const KafkaOptions& options, int prefetch_kb, Isolation isolation) {
  KafkaProperties properties = client_properties(options);
  properties.emplace_back("enable.partition.eof", "true");
  properties.emplace_back("auto.offset.reset", "error");
  properties.emplace_back("check.crcs", "true");
  properties.emplace_back("fetch.wait.max.ms", "100");
  const bool committed = isolation == Isolation::committed;
  properties.emplace_back("isolation.level", committed ? "read_committed" : "read_uncommitted");
  properties.emplace_back("queued.max.messages.kbytes", std::to_string(prefetch_kb));
  return properties;
}

PartitionReader::PartitionReader(const Client& client, const std::string& topic, std::int32_t partition,
                                 std::int64_t end_offset)
    : client_(client),
      topic_(rd_kafka_topic_new(client.get(), topic.c_str(), nullptr)),
      queue_(rd_kafka_queue_new(client.get())),
      partition_(partition),
      end_offset_(end_offset),
      place_(topic + " [" + std::to_string(partition) + "]") {}

PartitionReader::~PartitionReader() {
  if (started_) rd_kafka_consume_stop(topic_.get(), partition_);
}

Result<std::unique_ptr<PartitionReader>> PartitionReader::open(const Client& client, const std::string& topic,
                                                               std::int32_t partition,
                                                               std::int64_t from_offset,
                                                               std::int64_t end_offset) {
  std::unique_ptr<PartitionReader> reader(new PartitionReader(client, topic, partition, end_offset));
  reader->ended_ = from_offset >= end_offset;
  if (reader->ended_) return reader;
  reader->started_ =
      rd_kafka_consume_start_queue(reader->topic_.get(), partition, from_offset, reader->queue_.get()) == 0;
  if (!reader->started_)
    return fail(ErrorKind::runtime,
                "read " + reader->place_ + ": " + rd_kafka_err2str(rd_kafka_last_error()));
  return reader;
}

Result<std::vector<MessagePtr>> PartitionReader::next(int limit_ms) {
  std::vector<MessagePtr> records;
  std::vector<rd_kafka_message_t*> raw(kMessagesAtOnce);
  for (int waited_ms = 0; !ended_ && records.empty();) {
    if (waited_ms >= limit_ms)
      return fail(ErrorKind::runtime, "read " + place_ + ": no answer: " + client_.trouble(),
                  "start the broker again");
    ssize_t count = rd_kafka_consume_batch_queue(queue_.get(), kFirstPoll_ms, raw.data(), raw.size());
    if (count == 0) {
      wake_fetcher();
      count = rd_kafka_consume_batch_queue(queue_.get(), kReadPoll_ms, raw.data(), raw.size());
    }
    waited_ms = count > 0 ? 0 : waited_ms + kReadPoll_ms;
    Done taken;
    for (ssize_t i = 0; i < count; ++i) {
      MessagePtr message(raw[static_cast<std::size_t>(i)]);
      if (taken) taken = take(std::move(message), records);
    }
    if (!taken) return tl::make_unexpected(taken.error());
  }
  return records;
}

void PartitionReader::wake_fetcher() {
  std::int64_t low = 0, high = 0;
  static_cast<void>(rd_kafka_query_watermark_offsets(client_.get(), rd_kafka_topic_name(topic_.get()),
                                                     partition_, &low, &high, kReadPoll_ms));
}

Done PartitionReader::take(MessagePtr message, std::vector<MessagePtr>& records) {
  switch (message->err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      ended_ = ended_ || message->offset >= end_offset_;
      return {};
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
      return fail(ErrorKind::runtime,
                  "read " + place_ + ": records have been deleted: " + rd_kafka_err2str(message->err));
    case RD_KAFKA_RESP_ERR_NO_ERROR: {
      const std::int64_t next = message->offset + 1;
      if (!ended_ && next <= end_offset_) records.push_back(std::move(message));
      ended_ = ended_ || next >= end_offset_;
      return {};
    }
    default:
      return {};  // it passes: the library connects again
  }
}

}  // namespace racesim::kafka
