#include "io/kafka/reading/tail.h"

#include <algorithm>
#include <map>

#include "io/kafka/cluster/client.h"
#include "io/kafka/reading/partition_reader.h"

namespace racesim::kafka {
namespace {

constexpr int kPrefetch_kb = 65536;

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
      records.push_back({m->offset, hash_line({static_cast<const char*>(m->payload), m->len})});
  }
}

std::vector<std::int64_t> match_tail(std::span<const LineHash> sent, std::span<const TailRecord> records) {
  std::map<LineHash, std::vector<std::size_t>> places;
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
