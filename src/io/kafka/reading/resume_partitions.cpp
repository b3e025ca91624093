#include "io/kafka/reading/resume_partitions.h"

#include <fmt/format.h>

#include <algorithm>

#include "io/kafka/cluster/cluster.h"
#include "io/kafka/producing/recovery_lookup.h"
#include "io/kafka/reading/tail.h"

namespace racesim::kafka {
namespace {

bool is_same_partition(const StreamPosition& a, const StreamPosition& b) {
  return a.topic == b.topic && a.partition == b.partition;
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

Result<std::vector<PartitionTail>> ResumablePartitions::read_back(const std::vector<StreamPosition>& known) {
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
  std::vector<PartitionTail> tails;
  for (std::size_t i = 0; i < positions_.size(); ++i) {
    const auto found = std::find_if(known.begin(), known.end(), [&](const StreamPosition& k) {
      return is_same_partition(k, positions_[i]);
    });
    PartitionTail tail;
    tail.from =
        found != known.end() ? *found : StreamPosition{positions_[i].topic, positions_[i].partition, 0, 0};
    tail.end_offset = (*ends)[i];
    const auto records = read_tail(options_, tail.from.topic, tail.from.partition, tail.from.next_offset,
                                   tail.end_offset, static_cast<int>(options_.connect_grace_ns / 1'000'000));
    if (!records) return tl::make_unexpected(records.error());
    for (const TailRecord& record : *records) tail.records.push_back(record.payload_hash);
    tails.push_back(std::move(tail));
  }
  return tails;
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
