// What has to be known of partitions before they are read, and whether others have read theirs.
#pragma once

#include <optional>
#include <vector>

#include "base/error.h"
#include "io/kafka/reading/group_consumer.h"
#include "io/kafka/reading/lane_start.h"
#include "io/kafka/reading/partition_lookup.h"
#include "io/sources/kafka_lane.h"
#include "io/sources/registry.h"

namespace racesim {

inline bool is_same(const kafka::TopicPartition& a, const kafka::TopicPartition& b) {
  return a.partition == b.partition && a.topic == b.topic;
}

/// Of each lane, in their order. `known`: what the store holds. `ends_at_open`: where the partitions ended
/// when the source was opened; one that is not among them came later, and is read from its beginning whatever
/// `start_at` says. Errors: runtime where the cluster does not answer, usage.
Result<std::vector<kafka::LaneFacts>> find_lane_facts(
    kafka::PartitionLookup& lookup, kafka::GroupConsumer& group, const std::vector<KafkaLane*>& lanes,
    const std::vector<std::optional<LanePosition>>& known, const StartAt& start_at,
    const std::vector<kafka::PartitionOffset>& ends_at_open, int limit_ms);

/// Every record before these ends is stored, as far as the positions `known` tell, or those of the group
/// where that is given. A cluster that does not answer says no.
bool are_read(kafka::PartitionLookup& lookup, kafka::GroupConsumer* group,
              const std::vector<kafka::PartitionOffset>& ends,
              const std::vector<std::optional<LanePosition>>& known, int limit_ms);

}  // namespace racesim
