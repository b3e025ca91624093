// After a producer died: which of the events that it left open are in the topic, and which go out again.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/error.h"
#include "io/kafka/cluster/cluster.h"
#include "io/kafka/producing/delivery.h"

namespace racesim::kafka {

/// Where the events of a partition that may be in the topic begin.
using OpenFrom = std::function<std::int64_t(std::uint32_t topic, std::int32_t partition)>;

/// Partition by partition, each in the order of sending.
void sort_by_partition(std::vector<Airborne>& events);

struct ReadBack {
  std::vector<Airborne> found;  ///< in the topic, with their offsets
  std::vector<Airborne> lost;   ///< not there, while later events of their partition are
  std::vector<Airborne> again;  ///< behind all that are there, in the order in which they were sent
};

/// The ends of the partitions once they stay the same for options.settle_ns: requests of a dead producer may
/// still be on their way to the broker. Where others write too they never rest: then after some looks, since
/// what the dead one had sent is there after the first. Errors: runtime.
Result<std::vector<std::int64_t>> settled_ends(Cluster& cluster, const KafkaOptions& options,
                                               const std::vector<TopicPartition>& partitions,
                                               const std::function<bool(std::int64_t)>& pause);

/// `pause` waits for so many nanoseconds and returns false when the run ends meanwhile. Reads no partition
/// whose open events cannot have arrived. Errors: runtime (the cluster does not answer); try again.
Result<ReadBack> read_back(const KafkaOptions& options, const std::vector<std::string>& topics,
                           std::vector<Airborne> open, const OpenFrom& from,
                           const std::function<bool(std::int64_t)>& pause);

}  // namespace racesim::kafka
