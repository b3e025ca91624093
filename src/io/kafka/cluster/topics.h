// The topics that are written to: found, or made where they may be.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "io/kafka/cluster/cluster.h"
#include "io/sinks/kafka_options.h"

namespace racesim::kafka {

inline constexpr std::int64_t kAskPause_ns = 50'000'000;

/// Repeats until `ask` has a result that is `good`, or the time is over; the last result. What was just made
/// takes a moment to be known to every broker.
template <class Ask, class Good>
auto ask_until(Clock& clock, std::int64_t limit_ns, const Ask& ask, const Good& good) {
  const std::int64_t deadline_ns = clock.now_ns() + limit_ns;
  auto result = ask();
  while ((!result || !good(*result)) && clock.now_ns() < deadline_ns) {
    clock.sleep_until(clock.now_ns() + kAskPause_ns);
    result = ask();
  }
  return result;
}

/// The topics as they are in the end, made where they may be, with this config. Errors: usage (there is none,
/// and it may not be made), runtime.
Result<std::vector<TopicState>> settle_topics(Cluster& cluster, const KafkaOptions& options,
                                              const std::vector<std::string>& names, Clock& clock,
                                              const TopicConfig& config = keeps_for_ever());

/// Refuses (usage) another number of partitions than options.partitions, where that is not 0.
Done check_partitions(const TopicState& topic, const KafkaOptions& options);

/// The largest request that the topic takes; 0: not known.
std::uint64_t record_bytes_max(const TopicState& topic);

}  // namespace racesim::kafka
