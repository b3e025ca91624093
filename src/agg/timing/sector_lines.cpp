#include "agg/timing/sector_lines.h"

#include <algorithm>
#include <utility>

namespace racesim {
namespace {

constexpr std::int64_t kRounding_um = 1'000;         // of distances: both ends of the way, and the speed
constexpr std::int64_t kContradiction_um = 100'000;  // more than any car drives in a millisecond
constexpr std::uint32_t kAgreedPerDoubt = 4;

bool believable(const Crossing& crossing) {
  const double line_mm = static_cast<double>(crossing.after.s_mm - crossing.before.s_mm);
  const double driven = driven_mm(crossing.before, crossing.after, 1);
  return line_mm > 0 && line_mm < driven * 1.3 + 2 && line_mm > driven * 0.7 - 2;
}

}  // namespace

bool SectorLine::narrow(const Crossing& crossing) {
  if (!believable(crossing)) return false;
  const std::int64_t low_um = place_um(crossing, 1) - kRounding_um;
  const std::int64_t high_um = static_cast<std::int64_t>(crossing.after.s_mm) * 1000 + kRounding_um;
  if (std::max(low_um, low_um_) - std::min(high_um, high_um_) > kContradiction_um) {
    // Some sample was damaged, this one's or that of a bound: the majority is right.
    if (++against_ * kAgreedPerDoubt <= agreed_) return false;
    *this = SectorLine{};
  }
  ++agreed_;
  const auto was = std::pair(low_um_, high_um_);
  low_um_ = std::max(low_um_, low_um);
  high_um_ = std::min(high_um_, high_um);
  return was != std::pair(low_um_, high_um_);
}

std::optional<std::int64_t> SectorLine::time_ms(const Crossing& crossing) const {
  if (agreed_ == 0) return std::nullopt;
  std::int64_t low_um = low_um_, high_um = high_um_;
  // Where lines are crossed at any moment the bounds overlap, by less than a millisecond's way.
  if (low_um > high_um) low_um = high_um = (low_um + high_um) / 2;
  const std::int64_t earliest = whole_ms(crossing, ms_behind_first(crossing, low_um));
  const std::int64_t latest = whole_ms(crossing, ms_behind_first(crossing, high_um));
  if (earliest != latest) return std::nullopt;
  return earliest;
}

}  // namespace racesim
