// The records of a run's topics, for comparison with what was sent.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "io/sinks/kafka_options.h"
#include "io/sources/sequences.h"
#include "run/record/manifest.h"
#include "sim/scenario.h"

namespace racesim {

/// Of the topics that the manifest names, or `options.topic` in place of its first one; as
/// open_partition_sequences() says.
Result<std::unique_ptr<ArrivedSequences>> open_kafka_arrivals(const KafkaOptions& options,
                                                              const Manifest& manifest,
                                                              std::span<const StreamInfo> streams);

}  // namespace racesim
