// What a dead writer left at the end of a partition: where that end is, and which records stand before it.
// The writer may be a producer of this process (recovery_lookup.h) or another process (resume_partitions.h).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/kafka/cluster/cluster.h"
#include "io/line_hash.h"
#include "io/sinks/kafka_options.h"

namespace racesim::kafka {

struct TailRecord {
  std::int64_t offset = 0;
  LineHash payload_hash{};
  std::int64_t time_ms = -1;  ///< -1: it has none
};

/// The records from `from_offset` up to `end_offset` (exclusive), by offset; records of other writers too.
/// Offsets without a record (of transactions, or compacted away) are left out; with options.transactions so
/// are records that are not committed. Needs no consumer group.
/// Blocks for `limit_ms` without any progress at most. Errors: runtime; also when `from_offset` is not in the
/// partition any more.
Result<std::vector<TailRecord>> read_tail(const KafkaOptions& options, const std::string& topic,
                                          std::int32_t partition, std::int64_t from_offset,
                                          std::int64_t end_offset, int limit_ms);

/// The ends of the partitions once they stay the same for options.settle_ns: requests of a dead writer may
/// still be on their way to the broker. Where others write too they never rest: then after some looks, since
/// what the dead one had sent is there after the first. `pause` waits for so many nanoseconds and returns
/// false when the run ends meanwhile. Errors: runtime.
Result<std::vector<std::int64_t>> settled_ends(Cluster& cluster, const KafkaOptions& options,
                                               const std::vector<TopicPartition>& partitions,
                                               const std::function<bool(std::int64_t)>& pause);

}  // namespace racesim::kafka
