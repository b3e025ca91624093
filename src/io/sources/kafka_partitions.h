// Topics as they are now, partition by partition and without a consumer group, for those who read them whole:
// replay.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/sinks/kafka_options.h"
#include "io/sources/source.h"

namespace racesim {

/// Of one partition; all read with one client.
struct PartitionSource {
  std::string topic;
  std::int64_t first_offset = 0, end_offset = 0;  ///< what is read: [first, end)
  std::unique_ptr<Source> source;  ///< one lane, whose blocks have keys; it has no positions to be kept
};

/// Offsets [first, end) of a partition.
struct PartitionRange {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t first = 0, end = 0;
};

/// One per partition, topics in their order: from the first record that is still there to the last one of
/// now, committed ones only. With `ranges` only those that they name, and no more than they say. Errors:
/// runtime (no cluster), usage (no such topic, or a range that is not there any more).
Result<std::vector<PartitionSource>> open_partition_sources(const KafkaOptions& options,
                                                            const std::vector<std::string>& topics,
                                                            std::span<const PartitionRange> ranges = {});

}  // namespace racesim
