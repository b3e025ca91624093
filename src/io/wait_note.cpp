#include "io/wait_note.h"

#include <utility>

namespace racesim {

void WaitNote::begin(const void* part, Wait wait) {
  const std::scoped_lock lock(mutex_);
  const auto [found, fresh] = waits_.try_emplace(part, wait);
  if (!fresh) {
    found->second.until_ns = wait.until_ns;
    found->second.why = std::move(wait.why);
  }
  any_.store(true);
}

void WaitNote::end(const void* part) {
  if (!any_.load(std::memory_order_relaxed)) return;
  const std::scoped_lock lock(mutex_);
  waits_.erase(part);
  any_.store(!waits_.empty());
}

std::optional<Wait> WaitNote::longest() const {
  const std::scoped_lock lock(mutex_);
  const Wait* longest = nullptr;
  for (const auto& [part, wait] : waits_)
    if (longest == nullptr || wait.since_ns < longest->since_ns) longest = &wait;
  return longest == nullptr ? std::nullopt : std::optional(*longest);
}

}  // namespace racesim
