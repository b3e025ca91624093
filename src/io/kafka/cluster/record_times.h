// Whether a topic keeps records that carry the times of a run's events.
#pragma once

#include <cstdint>

#include "base/error.h"
#include "io/kafka/cluster/cluster.h"
#include "io/sinks/kafka_options.h"

namespace racesim::kafka {

/// Compares the event times, as far from the clock as they can be when they are sent, with the topic's
/// retention.ms and message.timestamp limits. Errors (usage) say what would happen and the way out.
Done check_record_times(const TopicState& topic, const EventTimes& times, std::int64_t wall_ns);

}  // namespace racesim::kafka
