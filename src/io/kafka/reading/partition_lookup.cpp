#include "io/kafka/reading/partition_lookup.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "io/sources/record_block.h"

namespace racesim::kafka {
namespace {

constexpr int kLookAhead_kb = 1'024;

}  // namespace

RecordSeen mark_of(const rd_kafka_message_t& record) {
  return {record_hash({static_cast<const char*>(record.payload), record.len}),
          rd_kafka_message_timestamp(&record, nullptr)};
}

Result<PartitionLookup> PartitionLookup::open(const KafkaOptions& options) {
  Result<Cluster> cluster = Cluster::open(options);
  if (!cluster) return tl::make_unexpected(cluster.error());
  Result<Client> reader =
      Client::open(RD_KAFKA_CONSUMER, reader_properties(options, kLookAhead_kb, Isolation::committed), 0);
  if (!reader) return tl::make_unexpected(reader.error());
  return PartitionLookup(*std::move(cluster), *std::move(reader),
                         static_cast<int>(options.connect_grace_ns / 1'000'000));
}

Result<std::vector<PartitionEnds>> PartitionLookup::ends(const std::vector<TopicPartition>& partitions) {
  if (partitions.empty()) return std::vector<PartitionEnds>{};
  const auto ends = cluster_.end_offsets(partitions);
  if (!ends) return tl::make_unexpected(ends.error());
  // Asked last: what is gone meanwhile is seen.
  const auto lows = cluster_.begin_offsets(partitions);
  if (!lows) return tl::make_unexpected(lows.error());
  std::vector<PartitionEnds> found;
  for (std::size_t i = 0; i < partitions.size(); ++i) found.push_back({(*lows)[i], (*ends)[i]});
  return found;
}

Result<std::vector<std::optional<RecordSeen>>> PartitionLookup::marks_before(
    const std::vector<PartitionOffset>& offsets) {
  std::vector<std::unique_ptr<PartitionReader>> readers;
  for (const PartitionOffset& o : offsets) {  // all of them begin before the first answer is waited for
    auto reader = PartitionReader::open(reader_, o.where.topic, o.where.partition, o.next - 1, o.next);
    if (!reader) return tl::make_unexpected(reader.error());
    readers.push_back(std::move(*reader));
  }
  std::vector<std::optional<RecordSeen>> marks;
  for (const auto& reader : readers) {
    const auto records = reader->next(limit_ms_);
    if (!records) return tl::make_unexpected(records.error());
    marks.push_back(records->empty() ? std::nullopt : std::optional(mark_of(*records->front())));
  }
  return marks;
}

Result<std::vector<MessagePtr>> PartitionLookup::records(const TopicPartition& partition, std::int64_t from,
                                                         std::int64_t end) {
  std::vector<MessagePtr> all;
  const auto reader = PartitionReader::open(reader_, partition.topic, partition.partition, from, end);
  if (!reader) return tl::make_unexpected(reader.error());
  while (true) {
    auto some = (*reader)->next(limit_ms_);
    if (!some) return tl::make_unexpected(some.error());
    if (some->empty()) return all;
    std::move(some->begin(), some->end(), std::back_inserter(all));
  }
}

Result<bool> PartitionLookup::has_records(const TopicPartition& partition, std::int64_t from,
                                          std::int64_t end) {
  const auto reader = PartitionReader::open(reader_, partition.topic, partition.partition, from, end);
  if (!reader) return tl::make_unexpected(reader.error());
  const auto some = (*reader)->next(limit_ms_);
  if (!some) return tl::make_unexpected(some.error());
  return !some->empty();
}

bool PartitionLookup::is_compacted(const std::string& topic) {
  std::vector<TopicState> states(1);
  states.front().name = topic;
  if (!cluster_.describe(states)) return false;
  const auto policy = states.front().config.find("cleanup.policy");
  return policy != states.front().config.end() && policy->second.find("compact") != std::string::npos;
}

}  // namespace racesim::kafka
