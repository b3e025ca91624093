// The samples of cars in time, and how many of them a slice holds.
#pragma once

#include <cstdint>

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
inline int slice_shift(SampleRate rate, std::uint32_t cars) {
  constexpr double kRows = 4'000;
  const double rows_per_ms = static_cast<double>(cars) * static_cast<double>(rate.mhz) / 1e6;
  int shift = 0;
  while (shift < 20 && rows_per_ms * static_cast<double>(2LL << shift) <= kRows) ++shift;
  return shift;
}

}  // namespace racesim::race
