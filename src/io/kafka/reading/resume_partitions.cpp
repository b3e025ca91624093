#include "io/kafka/reading/resume_partitions.h"

#include <fmt/format.h>

#include <algorithm>

#include "io/kafka/cluster/cluster.h"
#include "io/kafka/producing/recovery_lookup.h"

namespace racesim::kafka {
namespace {

bool is_same_partition(const StreamPosition& a, const StreamPosition& b) {
  return a.topic == b.topic && a.partition == b.partition;
}

constexpr const char* kBeginAnewHint =
    "see with racesim verify what is missing, or remove the checkpoint and send the run to another topic";

std::string place_text(const TopicPartition& partition) {
  return fmt::format("{} [{}]", partition.topic, partition.partition);
}

std::optional<StreamPosition> place_in(const std::vector<StreamPosition>& places,
                                       const TopicPartition& partition) {
  for (const StreamPosition& place : places)
    if (place.topic == partition.topic && place.partition == partition.partition) return place;
  return std::nullopt;
}

/// The first `skipped` records are not behind `from`.
PartitionTail tail_of(const StreamPosition& from, const std::vector<TailRecord>& records,
                      std::size_t skipped) {
  PartitionTail tail{.from = from, .records = {}, .end_offset = from.next_offset, .last = from.record};
  for (std::size_t i = skipped; i < records.size(); ++i) tail.records.push_back(records[i].payload_hash);
  if (tail.records.empty()) return tail;
  tail.end_offset = records.back().offset + 1;
  tail.last = RecordMark{records.back().payload_hash, records.back().time_ms};
  return tail;
}

/// A record of a compacted topic may be gone though nobody changed the topic.
bool is_compacted(Cluster& cluster, const std::string& topic) {
  std::vector<TopicState> state(1);
  state.front().name = topic;
  cluster.describe(state);
  const auto policy = state.front().config.find("cleanup.policy");
  return policy != state.front().config.end() && policy->second.find("compact") != std::string::npos;
}

}  // namespace

ResumablePartitions::ResumablePartitions(const std::vector<Route>& routes, KafkaOptions options,
                                         std::string cluster_id, Clock& clock, const Delivery& delivery)
    : options_(std::move(options)), clock_(clock), delivery_(delivery) {
  destination_.identity = "cluster " + std::move(cluster_id);
  destination_.most_on_the_way = most_pending(options_);
  for (const Route& route : routes) {
    destination_.identity += fmt::format(", {} with {} partitions", route.topic, route.partitions);
    first_partition_.push_back(positions_.size());
    keys_.emplace_back(route.partitions);
    for (std::int32_t p = 0; p < route.partitions; ++p)
      positions_.push_back({route.topic, p, route.first_offsets[static_cast<std::size_t>(p)], 0});
  }
  if (options_.transactions) destination_.identity += ", in transactions";
  destination_.origins = positions_;
}

std::size_t ResumablePartitions::partition_of(const WireBatch& batch, std::size_t i) {
  const std::uint32_t stream = batch.stream_of(i);
  const RecordKeys::Entry& key = keys_[stream].find((*batch.streams)[stream], batch.heads[i].entity);
  return first_partition_[stream] + static_cast<std::size_t>(key.partition);
}

Result<std::vector<PartitionTail>> ResumablePartitions::read_back(
    const std::vector<StreamPosition>& known, const std::vector<StreamPosition>& origins) {
  std::vector<TopicPartition> partitions;
  for (const StreamPosition& partition : positions_)
    partitions.push_back({partition.topic, partition.partition});
  Result<Cluster> cluster = Cluster::open(options_);
  if (!cluster) return tl::make_unexpected(cluster.error());
  const auto pause = [&](std::int64_t ns) {
    for (const std::int64_t end_ns = clock_.now_ns() + ns; clock_.now_ns() < end_ns;)
      clock_.sleep_until(end_ns);
    return true;
  };
  // With transactions the dead process can write no more, and what it left open is aborted.
  const auto ends = options_.transactions ? cluster->committed_ends(options_, clock_, partitions)
                                          : settled_ends(*cluster, options_, partitions, pause);
  if (!ends) return tl::make_unexpected(ends.error());
  const auto begins = cluster->begin_offsets(partitions);
  if (!begins) return tl::make_unexpected(begins.error());
  std::vector<PartitionTail> tails;
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    const Found found{(*begins)[i], (*ends)[i], place_in(known, partitions[i]),
                      place_in(origins, partitions[i])};
    Result<PartitionTail> tail = read_partition(*cluster, partitions[i], found);
    if (!tail) return tl::make_unexpected(tail.error());
    tails.push_back(*std::move(tail));
  }
  return tails;
}

Result<PartitionTail> ResumablePartitions::read_partition(Cluster& cluster, const TopicPartition& partition,
                                                          const Found& found) const {
  if (!found.known) return read_anew(partition, found, {});
  const std::int64_t next = found.known->next_offset;
  if (next > found.end)
    return read_anew(partition, found,
                     fmt::format("it ends at offset {}, and the run had come to {}", found.end, next));
  Result<PartitionTail> tail = read_behind(cluster, *found.known, found);
  if (!tail || tail->changed.empty()) return tail;
  return read_anew(partition, found, tail->changed);
}

Result<PartitionTail> ResumablePartitions::read_behind(Cluster& cluster, const StreamPosition& known,
                                                       const Found& found) const {
  const std::string place = place_text({known.topic, known.partition});
  if (known.next_offset < found.begin)
    return fail(ErrorKind::usage,
                fmt::format("{}: records after offset {} are deleted, so nobody can tell what arrived", place,
                            known.next_offset),
                kBeginAnewHint);
  // A broker that deletes old records up to the known place leaves nothing to compare.
  const bool checks = known.record && known.next_offset > found.begin;
  const std::int64_t from = checks ? known.next_offset - 1 : known.next_offset;
  Result<std::vector<TailRecord>> records = read(known, from, found.end);
  if (!records) return tl::make_unexpected(records.error());
  PartitionTail tail = tail_of(known, *records, checks ? 1 : 0);
  if (!checks) return tail;
  const bool is_there = !records->empty() && records->front().offset == from;
  if (is_there && is_same_record(*known.record, {records->front().payload_hash, records->front().time_ms}))
    return tail;
  if (!is_there && is_compacted(cluster, known.topic))
    return fail(ErrorKind::usage,
                fmt::format("{}: the record at offset {} is missing, and the topic is compacted, so nobody "
                            "can tell what arrived",
                            place, from),
                kBeginAnewHint);
  tail.changed = fmt::format("{} at offset {}, where the run's record was",
                             is_there ? "another record is" : "nothing is", from);
  return tail;
}

/// From where the run began; a partition that ends before that was made anew.
Result<PartitionTail> ResumablePartitions::read_anew(const TopicPartition& partition, const Found& found,
                                                     std::string changed) const {
  StreamPosition from{partition.topic, partition.partition, found.begin, 0};
  if (found.origin && found.origin->next_offset <= found.end) from = *found.origin;
  if (from.next_offset < found.begin)
    return fail(
        ErrorKind::usage,
        fmt::format("{}: {}, and records from before offset {} are deleted, so nobody can tell what "
                    "arrived",
                    place_text(partition), changed.empty() ? "no place is known" : changed, found.begin),
        kBeginAnewHint);
  const Result<std::vector<TailRecord>> records = read(from, from.next_offset, found.end);
  if (!records) return tl::make_unexpected(records.error());
  PartitionTail tail = tail_of(from, *records, 0);
  if (!changed.empty()) tail.changed = place_text(partition) + ": " + changed;
  return tail;
}

Result<std::vector<TailRecord>> ResumablePartitions::read(const StreamPosition& place,
                                                          std::int64_t from_offset,
                                                          std::int64_t end_offset) const {
  return read_tail(options_, place.topic, place.partition, from_offset, end_offset,
                   static_cast<int>(options_.connect_grace_ns / 1'000'000));
}

std::vector<StreamPosition> ResumablePartitions::positions() const {
  std::vector<StreamPosition> all = positions_;
  for (const StreamPosition& position : delivery_.positions()) {
    const auto begun = std::find_if(all.begin(), all.end(),
                                    [&](const StreamPosition& p) { return is_same_partition(p, position); });
    if (begun != all.end()) *begun = position;
  }
  return all;
}

}  // namespace racesim::kafka
