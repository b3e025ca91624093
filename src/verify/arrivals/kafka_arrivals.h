// The records of a run's topics, for comparison with what was sent.
#pragma once

#include <memory>
#include <string>

#include "io/sinks/kafka_options.h"
#include "run/record/manifest.h"
#include "sim/scenario.h"
#include "verify/arrivals/arrivals.h"

namespace racesim {

/// One sequence per partition: from where the manifest says that the run began, or where `options.topic`
/// names another topic than its first one, from that one's beginning; up to where the topics end now. A key
/// belongs into the partition that it had when the run began, however many the topic has now. Errors: runtime
/// (no cluster), usage (no such topic, or one with fewer partitions than the run wrote to).
Result<std::unique_ptr<ArrivedSequences>> open_kafka_arrivals(const KafkaOptions& options,
                                                              const Manifest& manifest,
                                                              const Scenario& scenario);

}  // namespace racesim
