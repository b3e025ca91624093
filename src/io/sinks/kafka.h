// The kafka sink: one record per event, keyed by entity, in order and once per entity.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "io/dead_letter.h"
#include "io/sink.h"
#include "io/sinks/kafka_options.h"

namespace racesim {

/// Looks at the cluster and its topics, makes those that are missing if it may, and starts a thread for the
/// reports. `topics`: one per stream of the batches, renamed already. Delivery is exactly once and in order
/// per entity while the process lives (`allow_duplicates`: at least once; `transactions`: for readers of
/// committed records, also if another process goes on with the run meanwhile: this one then ends, busy).
/// `acks` may be null; it and
/// `dead_letter` must outlive the sink. Errors: usage (names, properties, rights, topics, record times that
/// the topics would refuse or delete), runtime (no cluster).
///
/// submit() and close() return an error once the cluster refuses us, once its fatal errors repeat, or once
/// the dead-letter file cannot be written. abandon() fails what is open.
Result<std::unique_ptr<Sink>> open_kafka_sink(KafkaOptions options, std::vector<std::string> topics,
                                              const EventTimes& times, Clock& clock, AckListener* acks,
                                              DeadLetter& dead_letter);

/// What open_kafka_sink() would refuse, without connecting.
Done check_kafka_sink(const KafkaOptions& options, const std::vector<std::string>& topics);

}  // namespace racesim
