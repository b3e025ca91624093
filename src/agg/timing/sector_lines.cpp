#include "agg/timing/sector_lines.h"

#include <algorithm>
#include <bit>

namespace racesim {
namespace {

constexpr std::int64_t kRounding_um = 1'000;         // of distances: both ends of the way, and the speed
constexpr std::int64_t kContradiction_um = 100'000;  // more than any car drives in a millisecond
constexpr std::uint32_t kAgreedPerDoubt = 4;
// The cubic between two samples: at most 5 mm off between some 100 ms apart, on racesim's telemetry.
constexpr std::int64_t kCubicPer100ms_um = 6'000;
// Of 100 places of the first crossing none that is wrong may be left, but once in 100 million times.
constexpr std::uint32_t kSureHalvings = 40;

bool believable(const Crossing& crossing) {
  const double line_mm = static_cast<double>(crossing.after.s_mm - crossing.before.s_mm);
  const double driven = driven_mm(crossing.before, crossing.after, 1);
  return line_mm > 0 && line_mm < driven * 1.3 + 2 && line_mm > driven * 0.7 - 2;
}

Stretch common(const Stretch& a, const Stretch& b) {
  return {std::max(a.low_um, b.low_um), std::min(a.high_um, b.high_um)};
}

}  // namespace

bool LinePlaces::narrow(const Crossing& crossing) {
  const std::int64_t gap_ms = crossing.gap_ms();
  const std::int64_t off_um = kRounding_um + kCubicPer100ms_um * gap_ms * gap_ms / 10'000;
  const std::int64_t slow_dkmh = std::min(crossing.before.speed_dkmh, crossing.after.speed_dkmh);
  const std::int64_t apart_um = slow_dkmh * 1'000 / 36;
  // Else a place could meet two of the crossing's.
  if (gap_ms > kMost || apart_um < 4 * off_um) return false;
  std::array<Stretch, kMost> left{};
  std::uint32_t count = 0, place = 0;
  for (std::int64_t ms = 1; ms <= gap_ms; ++ms) {
    const std::int64_t here_um = place_um(crossing, ms);
    const Stretch here{here_um - off_um, here_um + off_um};
    if (agreed_ == 0) {
      left[count++] = here;
      continue;
    }
    while (place < count_ && places_[place].high_um < here.low_um) ++place;
    for (std::uint32_t i = place; i < count_ && places_[i].low_um <= here.high_um && count < kMost; ++i)
      left[count++] = common(places_[i], here);
  }
  if (count == 0) {
    if (++against_ * kAgreedPerDoubt <= agreed_) return false;
    const bool was_sure = halvings_ >= kSureHalvings;
    *this = LinePlaces{};
    narrow(crossing);
    return was_sure;
  }
  ++agreed_;
  const std::uint32_t halvings_before = halvings_;
  halvings_ +=
      static_cast<std::uint32_t>(std::bit_width(static_cast<std::uint64_t>(apart_um / (2 * off_um))) - 1);
  const bool was_sure = halvings_before >= kSureHalvings;
  const bool changes = !was_sure || left.front().low_um != places_.front().low_um ||
                       left[count - 1].high_um != places_[count_ - 1].high_um;
  places_ = left;
  count_ = count;
  return halvings_ >= kSureHalvings && changes;
}

std::optional<Stretch> LinePlaces::within(const Stretch& bounds) const {
  if (halvings_ < kSureHalvings) return std::nullopt;
  const auto places = std::span(places_).first(count_);
  std::optional<Stretch> found;
  for (const Stretch& place : places) {
    const Stretch here = common(place, bounds);
    if (here.low_um <= here.high_um) found = {found ? found->low_um : here.low_um, here.high_um};
  }
  // A damaged sample may have moved a bound; places hang on no single one.
  return found ? found : Stretch{places.front().low_um, places.back().high_um};
}

bool SectorLine::narrow(const Crossing& crossing) {
  if (!believable(crossing)) return false;
  const Stretch here{place_um(crossing, 1) - kRounding_um,
                     static_cast<std::int64_t>(crossing.after.s_mm) * 1000 + kRounding_um};
  const Stretch both = common(here, bounds_);
  if (both.low_um - both.high_um > kContradiction_um) {
    // Some sample was damaged, this one's or that of a bound: the majority is right.
    if (++against_ * kAgreedPerDoubt <= agreed_) return false;
    *this = SectorLine{};
    return narrow(crossing);
  }
  ++agreed_;
  const bool narrower = both.low_um != bounds_.low_um || both.high_um != bounds_.high_um;
  bounds_ = both;
  return places_.narrow(crossing) || narrower;
}

std::optional<std::int64_t> SectorLine::time_ms(const Crossing& crossing) const {
  if (agreed_ == 0) return std::nullopt;
  Stretch left = places_.within(bounds_).value_or(bounds_);
  // Where lines are crossed at any moment the bounds overlap, by less than a millisecond's way.
  if (left.low_um > left.high_um) left.low_um = left.high_um = (left.low_um + left.high_um) / 2;
  const std::int64_t earliest = whole_ms(crossing, ms_behind_first(crossing, left.low_um));
  const std::int64_t latest = whole_ms(crossing, ms_behind_first(crossing, left.high_um));
  if (earliest != latest) return std::nullopt;
  return earliest;
}

}  // namespace racesim
