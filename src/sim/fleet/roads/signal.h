// Traffic lights. Event time alone decides what they show, so all vehicles that meet one see the same.
#pragma once

#include <cstdint>

namespace racesim::fleet {

/// The light of one approach. A cycle begins with red, then green, and ends with yellow:
///   0 ≤ phase < red_ms red · red_ms ≤ phase < cycle_ms − yellow_ms green · from there yellow
struct Signal {
  std::uint32_t cycle_ms = 0;
  std::uint32_t red_ms = 0;
  std::uint32_t yellow_ms = 0;
  std::uint32_t offset_ms = 0;  ///< below cycle_ms
};

/// In [0, cycle_ms); `time_ms` since the epoch.
constexpr std::uint32_t phase_ms(const Signal& signal, std::int64_t time_ms) {
  const std::int64_t cycle = signal.cycle_ms;
  const std::int64_t phase = (time_ms + signal.offset_ms) % cycle;
  return static_cast<std::uint32_t>(phase < 0 ? phase + cycle : phase);
}

constexpr bool is_green(const Signal& signal, std::int64_t time_ms) {
  const std::uint32_t phase = phase_ms(signal, time_ms);
  return phase >= signal.red_ms && phase < signal.cycle_ms - signal.yellow_ms;
}

}  // namespace racesim::fleet
