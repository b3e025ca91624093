// KafkaOptions as properties of librdkafka. docs/kafka.md says why each has its value.
#pragma once

#include <cstdint>

#include "base/error.h"
#include "io/sinks/kafka_options.h"

namespace racesim::kafka {

/// Events that may wait for their reports at a time; those of a transaction, until it is committed.
inline std::uint64_t most_pending(const KafkaOptions& options) {
  if (options.throughput) return 1'000'000;
  return options.transactions ? 400'000 : 100'000;
}

/// For a client that only asks about topics, or reads one: brokers, and what the user wants.
KafkaProperties client_properties(const KafkaOptions& options);

/// For a producer, the user's properties last. `record_bytes_max`: what every topic takes as one request;
/// 0: not known.
KafkaProperties producer_properties(const KafkaOptions& options, std::uint64_t record_bytes_max);

/// Refuses (usage) what contradicts itself: `acks` without idempotence, and properties that have an option of
/// their own or that would break what the sink counts on.
Done check_options(const KafkaOptions& options);

}  // namespace racesim::kafka
