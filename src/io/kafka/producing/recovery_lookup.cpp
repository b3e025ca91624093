#include "io/kafka/producing/recovery_lookup.h"

#include <algorithm>
#include <map>

#include "io/kafka/cluster/cluster.h"
#include "io/kafka/producing/payload.h"
#include "io/kafka/reading/tail.h"

namespace racesim::kafka {
namespace {

/// The events of one partition.
Done sort_out(const KafkaOptions& options, const TopicPartition& partition, std::span<Airborne> events,
              std::int64_t from, std::int64_t end, LookedUp& result) {
  const auto records = read_tail(options, partition.topic, partition.partition, from, end,
                                 static_cast<int>(options.connect_grace_ns / 1'000'000));
  if (!records) return tl::make_unexpected(records.error());
  std::vector<LineHash> sent;
  for (const Airborne& e : events) sent.push_back(hash_line(payload_of(*e.flight->batch, e.index)));
  const std::vector<std::int64_t> offsets = match_tail(sent, *records);
  std::size_t behind_last = events.size();
  while (behind_last > 0 && offsets[behind_last - 1] < 0) --behind_last;
  for (std::size_t i = 0; i < events.size(); ++i) {
    events[i].offset = offsets[i];
    auto& to = offsets[i] >= 0 ? result.found : i < behind_last ? result.lost : result.again;
    to.push_back(events[i]);
  }
  return {};
}

}  // namespace

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

Result<LookedUp> look_up(const KafkaOptions& options, const std::vector<std::string>& topics,
                         std::vector<Airborne> open, const OpenFrom& from,
                         const std::function<bool(std::int64_t)>& pause) {
  sort_by_partition(open);
  LookedUp result;
  std::vector<TopicPartition> partitions;
  std::vector<std::span<Airborne>> groups;
  for (auto first = open.begin(); first != open.end();) {
    const auto last = std::find_if(first, open.end(), [&](const Airborne& e) {
      return e.topic != first->topic || e.partition != first->partition;
    });
    if (std::all_of(first, last, [](const Airborne& e) { return e.persisted == Persisted::no; })) {
      result.again.insert(result.again.end(), first, last);
    } else {
      partitions.push_back({topics[first->topic], first->partition});
      groups.emplace_back(first, last);
    }
    first = last;
  }
  if (groups.empty()) return result;
  Result<Cluster> cluster = Cluster::open(options);
  if (!cluster) return tl::make_unexpected(cluster.error());
  const auto ends = settled_ends(*cluster, options, partitions, pause);
  if (!ends) return tl::make_unexpected(ends.error());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::int64_t begin = from(groups[i].front().topic, groups[i].front().partition);
    if (Done ok = sort_out(options, partitions[i], groups[i], begin, (*ends)[i], result); !ok)
      return tl::make_unexpected(ok.error());
  }
  return result;
}

}  // namespace racesim::kafka
