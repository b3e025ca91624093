// How a run's event time is cut into slices.
#pragma once

#include <algorithm>
#include <cstdint>

#include "model/batch.h"

namespace racesim {

/// Slices of equal length from begin_ns to end_ns, epoch, exclusive. The length comes from the options of the
/// scenario, never from threads or rate.
struct SliceGrid {
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = INT64_MAX;  ///< INT64_MAX: endless
  std::int64_t length_ns = 1;

  bool endless() const { return end_ns == INT64_MAX; }
  /// UINT64_MAX when endless.
  std::uint64_t count() const {
    if (endless()) return UINT64_MAX;
    if (end_ns <= begin_ns) return 0;
    return static_cast<std::uint64_t>((end_ns - begin_ns - 1) / length_ns) + 1;
  }
  Slice at(std::uint64_t index) const {
    const std::int64_t begin = begin_ns + static_cast<std::int64_t>(index) * length_ns;
    return {index, begin, std::min(begin + length_ns, end_ns)};
  }
};

/// Slices of 2^shift ms; times are epoch milliseconds, end_ms INT64_MAX: endless.
inline SliceGrid slices_of_ms(std::int64_t start_ms, std::int64_t end_ms, int shift) {
  constexpr std::int64_t kNsPerMs = 1'000'000;
  return {start_ms * kNsPerMs, end_ms == INT64_MAX ? INT64_MAX : end_ms * kNsPerMs,
          (std::int64_t{1} << shift) * kNsPerMs};
}

}  // namespace racesim
