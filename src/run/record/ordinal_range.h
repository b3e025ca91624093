// Neighbouring sends of a run, by their ordinals.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <vector>

namespace racesim {

/// The sends [first, last).
struct OrdinalRange {
  std::uint64_t first = 0, last = 0;
  bool operator==(const OrdinalRange&) const = default;
};

/// `ranges` are ascending and apart.
inline bool is_in(const std::vector<OrdinalRange>& ranges, std::uint64_t ordinal) {
  const auto behind =
      std::upper_bound(ranges.begin(), ranges.end(), ordinal,
                       [](std::uint64_t value, const OrdinalRange& range) { return value < range.first; });
  return behind != ranges.begin() && ordinal < std::prev(behind)->last;
}

}  // namespace racesim
