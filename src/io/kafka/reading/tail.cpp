#include "io/kafka/reading/tail.h"

#include "io/kafka/cluster/client.h"
#include "io/kafka/reading/partition_reader.h"

namespace racesim::kafka {
namespace {

constexpr int kPrefetch_kb = 65536;
/// How often ends that move are looked at again. Nothing of the dead writer is on its way for longer than the
/// first pause, by what --settle means; what still comes then is another writer's.
constexpr int kLooksMost = 5;

}  // namespace

Result<std::vector<TailRecord>> read_tail(const KafkaOptions& options, const std::string& topic,
                                          std::int32_t partition, std::int64_t from_offset,
                                          std::int64_t end_offset, int limit_ms) {
  std::vector<TailRecord> records;
  if (from_offset >= end_offset) return records;
  // Without transactions of our own, an open one of another writer must not hide what we wrote behind it.
  const Isolation isolation = options.transactions ? Isolation::committed : Isolation::uncommitted;
  const Result<Client> client =
      Client::open(RD_KAFKA_CONSUMER, reader_properties(options, kPrefetch_kb, isolation), 0);
  if (!client) return tl::make_unexpected(client.error());
  const auto reader = PartitionReader::open(*client, topic, partition, from_offset, end_offset);
  if (!reader) return tl::make_unexpected(reader.error());
  while (true) {
    const Result<std::vector<MessagePtr>> messages = (*reader)->next(limit_ms);
    if (!messages) return tl::make_unexpected(messages.error());
    if (messages->empty()) return records;
    for (const MessagePtr& m : *messages)
      records.push_back({m->offset, hash_line({static_cast<const char*>(m->payload), m->len}),
                         rd_kafka_message_timestamp(m.get(), nullptr)});
  }
}

Result<std::vector<std::int64_t>> settled_ends(Cluster& cluster, const KafkaOptions& options,
                                               const std::vector<TopicPartition>& partitions,
                                               const std::function<bool(std::int64_t)>& pause) {
  Result<std::vector<std::int64_t>> ends = cluster.end_offsets(partitions);
  bool settled = false;
  for (int look = 0; ends && !settled && look < kLooksMost; ++look) {
    if (!pause(options.settle_ns)) return fail(ErrorKind::runtime, "the run ends");
    Result<std::vector<std::int64_t>> later = cluster.end_offsets(partitions);
    settled = later && *later == *ends;
    ends = std::move(later);
  }
  return ends;
}

}  // namespace racesim::kafka
