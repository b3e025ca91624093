#include "io/sources/kafka_lane_facts.h"

#include <algorithm>

namespace racesim {
namespace {

using namespace kafka;

/// Where a first reading begins.
Done fill_first(Cluster& cluster, const std::vector<KafkaLane*>& lanes, const StartAt& start_at,
                const std::vector<PartitionOffset>& ends_at_open, std::vector<LaneFacts>& facts) {
  if (start_at.place == StartAt::Place::earliest) return {};
  std::vector<TopicPartition> asked;
  std::vector<std::size_t> of;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const auto at_open =
        std::find_if(ends_at_open.begin(), ends_at_open.end(),
                     [&](const PartitionOffset& end) { return is_same(end.where, lanes[i]->where); });
    if (at_open == ends_at_open.end()) continue;
    facts[i].first = at_open->next;
    asked.push_back(lanes[i]->where);
    of.push_back(i);
  }
  if (start_at.place == StartAt::Place::latest || asked.empty()) return {};
  const std::int64_t time_ms = (start_at.time_ns + 999'999) / 1'000'000;
  const auto offsets = cluster.offsets_from(asked, time_ms);
  if (!offsets) return tl::make_unexpected(offsets.error());
  for (std::size_t k = 0; k < of.size(); ++k)
    if ((*offsets)[k] >= 0) facts[of[k]].first = (*offsets)[k];
  return {};
}

/// The records before the positions.
Done fill_before(PartitionLookup& lookup, const std::vector<KafkaLane*>& lanes,
                 std::vector<LaneFacts>& facts) {
  std::vector<PartitionOffset> asked;
  std::vector<std::size_t> of;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const std::optional<LanePosition>& known = facts[i].known;
    if (!known || !has_record_before(*known, facts[i].low) || known->next > facts[i].end) continue;
    asked.push_back({lanes[i]->where, known->next});
    of.push_back(i);
  }
  const auto marks = lookup.marks_before(asked);
  if (!marks) return tl::make_unexpected(marks.error());
  for (std::size_t k = 0; k < of.size(); ++k) {
    LaneFacts& lane = facts[of[k]];
    lane.before = (*marks)[k];
    if (!lane.before) lane.compacted = lookup.is_compacted(lanes[of[k]]->where.topic);
  }
  return {};
}

/// Behind the last record there may be some of transactions, which nobody stores.
bool has_no_more(PartitionLookup& lookup, const PartitionOffset& end, std::int64_t next) {
  const auto ends = lookup.ends({end.where});
  if (!ends) return false;
  const std::int64_t low = ends->front().low;
  if (low >= end.next) return true;
  const Result<bool> more = lookup.has_records(end.where, std::max(next, low), end.next);
  return more && !*more;
}

}  // namespace

Result<std::vector<LaneFacts>> find_lane_facts(PartitionLookup& lookup, GroupConsumer& group,
                                               const std::vector<KafkaLane*>& lanes,
                                               const std::vector<std::optional<LanePosition>>& known,
                                               const StartAt& start_at,
                                               const std::vector<PartitionOffset>& ends_at_open,
                                               int limit_ms) {
  std::vector<TopicPartition> partitions;
  for (const KafkaLane* lane : lanes) partitions.push_back(lane->where);
  std::vector<LaneFacts> facts(lanes.size());
  if (lanes.empty()) return facts;
  const auto of_group = group.committed(partitions, limit_ms);
  if (!of_group) return tl::make_unexpected(of_group.error());
  const auto ends = lookup.ends(partitions);
  if (!ends) return tl::make_unexpected(ends.error());
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    facts[i].name = lanes[i]->info.name;
    facts[i].known = known[i];
    if ((*of_group)[i] >= 0) facts[i].group_offset = (*of_group)[i];
    facts[i].low = facts[i].first = (*ends)[i].low;
    facts[i].end = (*ends)[i].end;
  }
  if (Done ok = fill_first(lookup.cluster(), lanes, start_at, ends_at_open, facts); !ok)
    return tl::make_unexpected(ok.error());
  if (Done ok = fill_before(lookup, lanes, facts); !ok) return tl::make_unexpected(ok.error());
  return facts;
}

bool are_read(PartitionLookup& lookup, GroupConsumer* group, const std::vector<PartitionOffset>& ends,
              const std::vector<std::optional<LanePosition>>& known, int limit_ms) {
  for (std::size_t i = 0; i < ends.size(); ++i) {
    std::int64_t next = known[i] ? known[i]->next : 0;
    if (group != nullptr) {
      const auto offsets = group->committed({ends[i].where}, limit_ms);
      if (!offsets) return false;
      next = std::max<std::int64_t>(offsets->front(), 0);
    }
    if (next < ends[i].next && !has_no_more(lookup, ends[i], next)) return false;
  }
  return true;
}

}  // namespace racesim
