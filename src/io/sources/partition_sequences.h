// The records of a run's topics, partition by partition, without a consumer group.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/resumable.h"
#include "io/sinks/kafka_options.h"
#include "io/sources/sequences.h"

namespace racesim {

/// One sequence per partition of the topics, which are those of the run's streams: from where `origins` say
/// that the run began, or of a topic that they do not name, from its beginning; up to where the topics end
/// now. A key belongs into the partition that it had when the run began, however many the topic has now.
/// Errors: runtime (no cluster), usage (no such topic, or one with fewer partitions than the run wrote to).
Result<std::unique_ptr<ArrivedSequences>> open_partition_sequences(const KafkaOptions& options,
                                                                   const std::vector<std::string>& topics,
                                                                   std::span<const StreamPosition> origins);

}  // namespace racesim
