#include "io/failure_counts.h"

#include <algorithm>

namespace racesim {
namespace {

constexpr std::size_t kReasonsMax = 20;

}  // namespace

void FailureCounts::add(const std::string& why, std::uint64_t events) {
  const std::scoped_lock lock(mutex_);
  const bool known = events_.count(why) > 0 || events_.size() < kReasonsMax;
  events_[known ? why : std::string("other reasons")] += events;
}

std::vector<FailureReason> FailureCounts::reasons() const {
  std::vector<FailureReason> reasons;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [why, events] : events_) reasons.push_back({why, events});
  }
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const FailureReason& a, const FailureReason& b) { return a.events > b.events; });
  return reasons;
}

}  // namespace racesim
