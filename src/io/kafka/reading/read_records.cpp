#include <fmt/format.h>

#include <map>
#include <utility>

#include "io/kafka/cluster/cluster.h"
#include "io/kafka/reading/partition_reader.h"
#include "io/kafka/records.h"

namespace racesim {
namespace {

using namespace kafka;

constexpr int kReadPrefetch_kb = 4096;
constexpr int kReadSilence_ms = 30'000;

std::string_view bytes_of(const void* data, std::size_t size) {
  return data == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(data), size);
}

}  // namespace

Result<std::vector<KafkaRecord>> read_last_records(const KafkaOptions& options, const std::string& topic,
                                                   Clock& clock) {
  Result<Cluster> cluster = Cluster::open(options);
  if (!cluster) return tl::make_unexpected(cluster.error());
  const std::vector<TopicPartition> partition{{topic, 0}};
  const Result<std::vector<std::int64_t>> begins = cluster->begin_offsets(partition);
  if (!begins) return tl::make_unexpected(begins.error());
  const Result<std::vector<std::int64_t>> ends = cluster->committed_ends(options, clock, partition);
  if (!ends) return tl::make_unexpected(ends.error());
  Result<Client> client =
      Client::open(RD_KAFKA_CONSUMER, reader_properties(options, kReadPrefetch_kb, Isolation::committed), 0);
  if (!client) return tl::make_unexpected(client.error());
  auto reader = PartitionReader::open(*client, topic, 0, begins->front(), ends->front());
  if (!reader) return tl::make_unexpected(reader.error());
  std::map<std::string, std::pair<std::int64_t, KafkaRecord>, std::less<>> last;
  for (;;) {
    const Result<std::vector<MessagePtr>> messages = (*reader)->next(kReadSilence_ms);
    if (!messages) return tl::make_unexpected(messages.error());
    if (messages->empty()) break;
    for (const MessagePtr& message : *messages) {
      std::string key(bytes_of(message->key, message->key_len));
      KafkaRecord record{key, std::string(bytes_of(message->payload, message->len)),
                         message->payload == nullptr};
      last[std::move(key)] = {message->offset, std::move(record)};
    }
  }
  std::map<std::int64_t, KafkaRecord> by_offset;
  for (auto& [key, at] : last) by_offset.emplace(at.first, std::move(at.second));
  std::vector<KafkaRecord> records;
  for (auto& [offset, record] : by_offset) records.push_back(std::move(record));
  return records;
}

}  // namespace racesim
