#include "io/sources/partition_sequences.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/quantity.h"
#include "io/kafka/cluster/cluster.h"
#include "io/kafka/producing/murmur2.h"
#include "io/kafka/reading/partition_reader.h"

namespace racesim {
namespace {

using namespace kafka;

constexpr int kPrefetch_kb = 8192;

/// `end` if there is none. By memchr, since a loop over bytes would take as long as all the rest.
char* find_line_end(char* begin, char* end) {
  void* const found = std::memchr(begin, '\n', static_cast<std::size_t>(end - begin));
  return found == nullptr ? end : static_cast<char*>(found);
}

/// The keys of the lines that were read and not asked for yet.
class Keys {
 public:
  void add(std::string_view key) {
    text_.append(key);
    ends_.push_back(text_.size());
  }
  std::string_view at(std::uint64_t line) {
    asked_ = static_cast<std::size_t>(line - first_);
    const std::size_t begin = asked_ == 0 ? 0 : ends_[asked_ - 1];
    return std::string_view(text_).substr(begin, ends_[asked_] - begin);
  }
  /// Forgets those before the last one asked for.
  void forget() {
    if (asked_ == 0) return;
    const std::size_t bytes = ends_[asked_ - 1];
    text_.erase(0, bytes);
    ends_.erase(ends_.begin(), ends_.begin() + static_cast<std::ptrdiff_t>(asked_));
    for (std::size_t& end : ends_) end -= bytes;
    first_ += asked_;
    asked_ = 0;
  }

 private:
  std::string text_;
  std::vector<std::size_t> ends_;
  std::uint64_t first_ = 0;  ///< line of the first key
  std::size_t asked_ = 0;
};

class PartitionSequence final : public ArrivedSequence {
 public:
  PartitionSequence(TopicPartition where, std::unique_ptr<PartitionReader> reader, std::uint64_t expired,
                    int limit_ms)
      : where_(std::move(where)), reader_(std::move(reader)), expired_(expired), limit_ms_(limit_ms) {}

  Result<bool> read(ByteBuffer& to) override {
    keys_.forget();
    Result<std::vector<MessagePtr>> records = reader_->next(limit_ms_);
    if (!records) return tl::make_unexpected(records.error());
    for (const MessagePtr& record : *records) take(*record, to);
    return !records->empty();
  }
  std::string place(std::uint64_t line, std::uint64_t) const override {
    const auto behind = std::upper_bound(runs_.begin(), runs_.end(), line,
                                         [](std::uint64_t l, const Run& run) { return l < run.line; });
    const std::int64_t offset =
        behind == runs_.begin()
            ? 0
            : std::prev(behind)->offset + static_cast<std::int64_t>(line - std::prev(behind)->line);
    return fmt::format("{} [{}] offset {}", where_.topic, where_.partition,
                       format_count(static_cast<std::uint64_t>(offset)));
  }
  std::string name() const override { return fmt::format("{} [{}]", where_.topic, where_.partition); }
  bool has_keys() const override { return true; }
  std::string_view key(std::uint64_t line) override { return keys_.at(line); }
  std::uint64_t expired() const override { return expired_; }

 private:
  /// Lines whose offsets follow one another.
  struct Run {
    std::uint64_t line;
    std::int64_t offset;
  };

  void take(const rd_kafka_message_t& record, ByteBuffer& to) {
    if (runs_.empty() ||
        runs_.back().offset + static_cast<std::int64_t>(lines_ - runs_.back().line) != record.offset)
      runs_.push_back({lines_, record.offset});
    ++lines_;
    keys_.add({static_cast<const char*>(record.key), record.key_len});
    to.reserve_more(record.len + 1);
    char* const begin = to.data() + to.size();
    char* const end = std::copy_n(static_cast<const char*>(record.payload), record.len, begin);
    // Our records have no line end; one in another's record would make two lines of it.
    for (char* at = begin; (at = find_line_end(at, end)) != end;) *at = ' ';
    *end = '\n';
    to.set_size(to.size() + record.len + 1);
  }

  const TopicPartition where_;
  const std::unique_ptr<PartitionReader> reader_;
  const std::uint64_t expired_;
  const int limit_ms_;
  std::uint64_t lines_ = 0;
  std::vector<Run> runs_;
  Keys keys_;
};

using Origins = std::span<const StreamPosition>;

/// A stream's topic and where its sequences stand among all.
struct StreamSequences {
  std::string topic;
  std::int32_t partitions = 0;  ///< that the run wrote to; there may be more by now
  std::size_t first = 0;
};

class PartitionSequences final : public ArrivedSequences {
 public:
  PartitionSequences(Client client, std::vector<StreamSequences> streams)
      : client_(std::move(client)), streams_(std::move(streams)) {}

  /// `from`, `ends`, `expired`: per partition, in the order of the streams.
  Done open(const std::vector<TopicPartition>& partitions, const std::vector<std::int64_t>& from,
            const std::vector<std::int64_t>& ends, const std::vector<std::uint64_t>& expired, int limit_ms) {
    for (std::size_t i = 0; i < partitions.size(); ++i) {
      auto reader =
          PartitionReader::open(client_, partitions[i].topic, partitions[i].partition, from[i], ends[i]);
      if (!reader) return tl::make_unexpected(reader.error());
      sequences_.emplace_back(partitions[i], std::move(*reader), expired[i], limit_ms);
    }
    return {};
  }
  std::vector<ArrivedSequence*> sequences() override {
    std::vector<ArrivedSequence*> all;
    for (PartitionSequence& sequence : sequences_) all.push_back(&sequence);
    return all;
  }
  std::uint32_t sequence_of(std::uint32_t stream, std::string_view key) const override {
    const StreamSequences& sequences = streams_[stream];
    return static_cast<std::uint32_t>(sequences.first) +
           static_cast<std::uint32_t>(partition_of(key, sequences.partitions));
  }
  bool has_header() const override { return false; }

 private:
  Client client_;  // goes last: the sequences read with it
  std::vector<StreamSequences> streams_;
  std::deque<PartitionSequence> sequences_;
};

/// Where the run began in the partition; 0 where that is not known.
std::int64_t origin_of(Origins origins, const TopicPartition& partition) {
  for (const StreamPosition& origin : origins)
    if (origin.topic == partition.topic && origin.partition == partition.partition) return origin.next_offset;
  return 0;
}

/// How many partitions the run wrote to in the topic; none where nothing is known of that topic. Keys
/// stay where they were when partitions are added later.
std::optional<std::int32_t> partitions_of_run(Origins origins, const std::string& topic) {
  const auto count = std::count_if(origins.begin(), origins.end(),
                                   [&](const StreamPosition& origin) { return origin.topic == topic; });
  if (count == 0) return std::nullopt;
  return static_cast<std::int32_t>(count);
}

/// Appends all partitions that the topic has now: also what somebody put into later ones is seen.
Done add_topic(const TopicState& topic, const KafkaOptions& options, Origins origins,
               std::vector<StreamSequences>& streams, std::vector<TopicPartition>& partitions) {
  if (topic.partitions == 0)
    return fail(ErrorKind::usage,
                fmt::format("the cluster at {} has no topic {}", options.brokers, topic.name),
                "name the one that the events went to: --topic TOPIC");
  const std::int32_t written = partitions_of_run(origins, topic.name).value_or(topic.partitions);
  if (topic.partitions < written)
    return fail(ErrorKind::usage,
                fmt::format("topic {} has {} partition{}, and the run wrote to {}: it was created again",
                            topic.name, topic.partitions, topic.partitions == 1 ? "" : "s", written),
                "what was in the old one is lost; name another topic that holds the events: --topic TOPIC");
  streams.push_back({topic.name, written, partitions.size()});
  for (std::int32_t p = 0; p < topic.partitions; ++p) partitions.push_back({topic.name, p});
  return {};
}

}  // namespace

Result<std::unique_ptr<ArrivedSequences>> open_partition_sequences(const KafkaOptions& options,
                                                                   const std::vector<std::string>& topics,
                                                                   std::span<const StreamPosition> origins) {
  Result<Cluster> cluster = Cluster::open(options);
  if (!cluster) return tl::make_unexpected(cluster.error());
  const auto states = cluster->topics(topics);
  if (!states) return tl::make_unexpected(states.error());
  std::vector<StreamSequences> streams;
  std::vector<TopicPartition> partitions;
  for (const TopicState& topic : *states)
    if (Done ok = add_topic(topic, options, origins, streams, partitions); !ok)
      return tl::make_unexpected(ok.error());
  const auto begins = cluster->begin_offsets(partitions);
  if (!begins) return tl::make_unexpected(begins.error());
  const auto ends = cluster->committed_ends(options, system_clock(), partitions);
  if (!ends) return tl::make_unexpected(ends.error());
  std::vector<std::int64_t> from;
  std::vector<std::uint64_t> expired;
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    const std::int64_t origin = origin_of(origins, partitions[i]);
    from.push_back(std::max(origin, (*begins)[i]));
    expired.push_back(static_cast<std::uint64_t>(from.back() - origin));
  }
  Result<Client> client =
      Client::open(RD_KAFKA_CONSUMER, reader_properties(options, kPrefetch_kb, Isolation::committed), 0);
  if (!client) return tl::make_unexpected(client.error());
  auto arrivals = std::make_unique<PartitionSequences>(std::move(*client), std::move(streams));
  const int limit_ms = static_cast<int>(options.connect_grace_ns / 1'000'000);
  if (Done ok = arrivals->open(partitions, from, *ends, expired, limit_ms); !ok)
    return tl::make_unexpected(ok.error());
  return arrivals;
}

}  // namespace racesim
