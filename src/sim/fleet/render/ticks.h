// When vehicles send: every vehicle at the same rate, each at its own moment of the period. Moments are
// monotone in the vehicle's index, so that one walk over ticks and vehicles is already in the order of time.
#pragma once

#include <algorithm>
#include <cstdint>

namespace racesim::fleet {

/// Times in microseconds since the run's start. Tick n of vehicle j is at n / rate, rounded down, plus the
/// phase of j.
struct Ticks {
  std::uint64_t rate_mhz = 5000;  ///< packets per vehicle and second, in thousandths
  std::uint64_t vehicles = 1;

  std::int64_t period_us() const { return static_cast<std::int64_t>(1'000'000'000 / rate_mhz); }
  std::int64_t phase_us(std::uint64_t vehicle) const {
    return static_cast<std::int64_t>(vehicle * static_cast<std::uint64_t>(period_us()) / vehicles);
  }
  std::int64_t time_us(std::uint64_t tick) const {
    return static_cast<std::int64_t>(static_cast<unsigned __int128>(tick) * 1'000'000'000 / rate_mhz);
  }
  /// The first tick at or after a time.
  std::uint64_t first_at(std::int64_t time_us) const {
    if (time_us <= 0) return 0;
    const unsigned __int128 product = static_cast<unsigned __int128>(time_us) * rate_mhz;
    return static_cast<std::uint64_t>((product + 999'999'999) / 1'000'000'000);
  }
  /// The first tick of this vehicle at or after a time.
  std::uint64_t first_of(std::uint64_t vehicle, std::int64_t at_us) const {
    return first_at(at_us - phase_us(vehicle));
  }
  /// The first vehicle whose phase is not below `us`; may be `vehicles`.
  std::uint64_t first_with_phase(std::int64_t us) const {
    if (us <= 0) return 0;
    const auto period = static_cast<std::uint64_t>(period_us());
    const std::uint64_t first = (static_cast<std::uint64_t>(us) * vehicles + period - 1) / period;
    return std::min(first, vehicles);
  }
};

}  // namespace racesim::fleet
