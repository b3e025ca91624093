#include "io/sources/kafka_partitions.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

#include "io/kafka/cluster/cluster.h"
#include "io/kafka/reading/partition_reader.h"

namespace racesim {
namespace {

constexpr int kAhead_kb = 8192;

/// Its records in their order.
class WholePartition final : public Source {
 public:
  WholePartition(std::shared_ptr<const kafka::Client> client, const kafka::TopicPartition& where,
                 const std::string& brokers, int limit_ms)
      : client_(std::move(client)),
        where_(where),
        limit_ms_(limit_ms),
        info_{fmt::format("{} [{}]", where.topic, where.partition), {}} {
    position_.source = fmt::format("kafka {} {}", brokers, where.topic);
    position_.lane = std::to_string(where.partition);
  }

  Done begin(std::int64_t from, std::int64_t end) {
    auto reader = kafka::PartitionReader::open(*client_, where_.topic, where_.partition, from, end);
    if (!reader) return tl::make_unexpected(reader.error());
    reader_ = std::move(*reader);
    position_.next = from;
    return {};
  }

  std::string name() const override { return info_.name; }
  Done open(LaneKeeper&) override { return {}; }
  Result<Pulled> pull(RecordBlock& to, int) override;
  const LaneInfo& lane(std::uint32_t) const override { return info_; }
  void settled(const RecordBlock&, const Result<BlockOutcome>&) override {}
  bool has_positions() const override { return false; }
  bool is_bounded() const override { return true; }
  Done restart() override {
    return fail(ErrorKind::busy, info_.name + " is read by offsets alone", "start again");
  }
  void stop() override { stopping_ = true; }

 private:
  void take(const rd_kafka_message_t& message, RecordBlock& to);

  const std::shared_ptr<const kafka::Client> client_;
  const kafka::TopicPartition where_;
  const int limit_ms_;
  std::unique_ptr<kafka::PartitionReader> reader_;
  LanePosition position_;
  LaneInfo info_;
  std::atomic<bool> stopping_{false};
};

Result<Pulled> WholePartition::pull(RecordBlock& to, int) {
  to.clear();
  if (stopping_) return Pulled::ended;
  Result<std::vector<kafka::MessagePtr>> messages = reader_->next(limit_ms_);
  if (!messages) return tl::make_unexpected(messages.error());
  if (messages->empty()) return Pulled::ended;
  to.before = position_;
  for (const kafka::MessagePtr& message : *messages) take(*message, to);
  to.pad();
  position_.next = messages->back()->offset + 1;
  position_.consumed += to.size();
  if (to.size() > 0) position_.last_hash = record_hash(to.record(to.size() - 1));
  to.after = position_;
  return Pulled::records;
}

void WholePartition::take(const rd_kafka_message_t& message, RecordBlock& to) {
  if (message.payload == nullptr) {
    ++to.empty;
    return;
  }
  const std::size_t size = std::min(message.len, kLongestRecord + 1);
  to.text.reserve_more(size + 1);
  char* const at = to.text.data() + to.text.size();
  std::memcpy(at, message.payload, size);
  at[size] = '\n';
  to.text.set_size(to.text.size() + size + 1);
  to.ends.push_back(static_cast<std::uint32_t>(to.text.size()));
  to.offsets.push_back(message.offset);
  to.keys.emplace_back(static_cast<const char*>(message.key), message.key_len);
}

Result<std::vector<kafka::TopicPartition>> partitions_of(kafka::Cluster& cluster, const KafkaOptions& options,
                                                         const std::vector<std::string>& topics) {
  const auto states = cluster.topics(topics);
  if (!states) return tl::make_unexpected(states.error());
  std::vector<kafka::TopicPartition> partitions;
  for (const kafka::TopicState& topic : *states) {
    if (topic.partitions == 0)
      return fail(ErrorKind::usage,
                  fmt::format("the cluster at {} has no topic {}", options.brokers, topic.name),
                  "name the one that holds the events");
    for (std::int32_t p = 0; p < topic.partitions; ++p) partitions.push_back({topic.name, p});
  }
  return partitions;
}

/// Of one partition, as far as it is there.
Result<PartitionRange> range_of(const kafka::TopicPartition& where, std::int64_t begin, std::int64_t end,
                                std::span<const PartitionRange> asked) {
  PartitionRange range{where.topic, where.partition, begin, end};
  if (asked.empty()) return range;
  const auto known = std::find_if(asked.begin(), asked.end(), [&](const PartitionRange& one) {
    return one.topic == where.topic && one.partition == where.partition;
  });
  // A partition that was added later has nothing of it.
  range.first = range.end = begin;
  if (known == asked.end() || known->first == known->end) return range;
  if (known->first < begin || known->end > end)
    return fail(ErrorKind::usage,
                fmt::format("{} [{}] holds the records {} to {} now, and {} to {} were replayed", where.topic,
                            where.partition, begin, end, known->first, known->end),
                "what is gone cannot be read again: replay anew, or restore the topic");
  return *known;
}

}  // namespace

Result<std::vector<PartitionSource>> open_partition_sources(const KafkaOptions& options,
                                                            const std::vector<std::string>& topics,
                                                            std::span<const PartitionRange> ranges) {
  Result<kafka::Cluster> cluster = kafka::Cluster::open(options);
  if (!cluster) return tl::make_unexpected(cluster.error());
  const auto partitions = partitions_of(*cluster, options, topics);
  if (!partitions) return tl::make_unexpected(partitions.error());
  const auto begins = cluster->begin_offsets(*partitions);
  if (!begins) return tl::make_unexpected(begins.error());
  const auto ends = cluster->committed_ends(options, system_clock(), *partitions);
  if (!ends) return tl::make_unexpected(ends.error());
  Result<kafka::Client> client = kafka::Client::open(
      RD_KAFKA_CONSUMER, kafka::reader_properties(options, kAhead_kb, kafka::Isolation::committed), 0);
  if (!client) return tl::make_unexpected(client.error());
  const auto shared = std::make_shared<const kafka::Client>(std::move(*client));
  const int limit_ms = static_cast<int>(std::max<std::int64_t>(options.connect_grace_ns / 1'000'000, 1));
  std::vector<PartitionSource> sources;
  for (std::size_t i = 0; i < partitions->size(); ++i) {
    auto source = std::make_unique<WholePartition>(shared, (*partitions)[i], options.brokers, limit_ms);
    const auto range = range_of((*partitions)[i], (*begins)[i], (*ends)[i], ranges);
    if (!range) return tl::make_unexpected(range.error());
    if (Done ok = source->begin(range->first, range->end); !ok) return tl::make_unexpected(ok.error());
    sources.push_back({(*partitions)[i].topic, range->first, range->end, std::move(source)});
  }
  return sources;
}

}  // namespace racesim
