// How a run of samples is cut into slices.
#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/scenario.h"

namespace racesim::race {

/// Samples of a car per second, in thousandths.
struct SampleRate {
  std::uint64_t mhz = 100'000;

  /// Time of sample `n` since the session's begin; whole milliseconds, rounded down.
  std::int64_t time_ms(std::uint64_t n) const {
    return static_cast<std::int64_t>(static_cast<unsigned __int128>(n) * 1'000'000 / mhz);
  }
  /// The first sample at or after `time_ms`, which is not negative.
  std::uint64_t first_at(std::int64_t time_ms) const {
    const unsigned __int128 product = static_cast<unsigned __int128>(time_ms) * mhz;
    return static_cast<std::uint64_t>((product + 999'999) / 1'000'000);
  }
};

/// A slice is a power of two of milliseconds that holds about 4,000 samples, and at least one of each car.
inline int slice_shift(const RaceContent& race) {
  constexpr double kRows = 4'000;
  const double rows_per_ms = static_cast<double>(race.cars) * static_cast<double>(race.rate_mhz) / 1e6;
  int shift = 0;
  while (shift < 20 && rows_per_ms * static_cast<double>(2LL << shift) <= kRows) ++shift;
  return shift;
}

/// Slices of 2^shift ms from start_ms to end_ms, epoch, exclusive; INT64_MAX: endless.
struct SliceGrid {
  std::int64_t start_ms;
  std::int64_t end_ms;
  int shift;

  std::uint64_t count() const {
    if (end_ms == INT64_MAX) return UINT64_MAX;
    return static_cast<std::uint64_t>((end_ms - start_ms - 1) >> shift) + 1;
  }
  Slice at(std::uint64_t index) const {
    const std::int64_t begin = start_ms + (static_cast<std::int64_t>(index) << shift);
    return {index, begin * 1'000'000, std::min(begin + (std::int64_t{1} << shift), end_ms) * 1'000'000};
  }
};

}  // namespace racesim::race
