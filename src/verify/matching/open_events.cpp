#include "verify/matching/open_events.h"

#include <algorithm>

#include "base/check.h"

namespace racesim {

void OpenEvents::leave(const MissingEvent& missing, bool remember) {
  RACESIM_CHECK(missing.position == cursor_);
  ++cursor_;
  if (!remember) return;
  missing_.push_back(missing);
  ++open_missing_;
}

std::optional<std::size_t> OpenEvents::index_of(std::uint64_t position) const {
  const auto found = std::lower_bound(missing_.begin(), missing_.end(), position,
                                      [](const MissingEvent& m, std::uint64_t p) { return m.position < p; });
  if (found == missing_.end() || found->position != position || found->came) return std::nullopt;
  return static_cast<std::size_t>(found - missing_.begin());
}

void OpenEvents::came_late(std::uint64_t position) {
  const std::optional<std::size_t> index = index_of(position);
  RACESIM_CHECK(index.has_value());
  missing_[*index].came = true;
  --open_missing_;
}

std::optional<MissingEvent> OpenEvents::take_oldest_beyond(std::size_t most) {
  while (!missing_.empty() && (missing_.front().came || missing_.size() > most)) {
    const MissingEvent oldest = missing_.front();
    missing_.pop_front();
    if (oldest.came) continue;
    --open_missing_;
    return oldest;
  }
  return std::nullopt;
}

}  // namespace racesim
