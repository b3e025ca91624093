// Recovery: which of the events that a dead producer of this process left open are in the topic,
// and which go out again. docs/recovery-and-resume.md.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/kafka/producing/delivery.h"
#include "io/kafka/reading/tail.h"

namespace racesim::kafka {

/// Where the events of a partition that may be in the topic begin.
using OpenFrom = std::function<std::int64_t(std::uint32_t topic, std::int32_t partition)>;

struct LookedUp {
  std::vector<Airborne> found;  ///< in the topic, with their offsets
  std::vector<Airborne> lost;   ///< not there, while later events of their partition are
  std::vector<Airborne> again;  ///< behind all that are there, in the order in which they were sent
};

/// For each of the payloads that were sent, in that order, the offset at which it was found, or -1. Records
/// that match nothing are foreign. Among equal payloads the earlier one is found first.
std::vector<std::int64_t> match_tail(std::span<const LineHash> sent, std::span<const TailRecord> records);

/// Looks the `open` events up, from `from` on; `pause` as in settled_ends(). Reads no partition whose open
/// events cannot have arrived. Errors: runtime (the cluster does not answer); try again.
Result<LookedUp> look_up(const KafkaOptions& options, const std::vector<std::string>& topics,
                         std::vector<Airborne> open, const OpenFrom& from,
                         const std::function<bool(std::int64_t)>& pause);

}  // namespace racesim::kafka
