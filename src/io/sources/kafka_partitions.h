// Topics as they are now, partition by partition and without a consumer group, for those who read them whole:
// replay.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/sinks/kafka_options.h"
#include "io/sources/source.h"

namespace racesim {

/// Of one partition; all read with one client.
struct PartitionSource {
  std::string topic;
  std::unique_ptr<Source> source;  ///< one lane, whose blocks have keys; it has no positions to be kept
};

/// One per partition, topics in their order: from the first record that is still there to the last one of
/// now, committed ones only. Errors: runtime (no cluster), usage (no such topic).
Result<std::vector<PartitionSource>> open_partition_sources(const KafkaOptions& options,
                                                            const std::vector<std::string>& topics);

}  // namespace racesim
