// The cycles of a junction's lights.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "sim/fleet/roads/geo.h"
#include "sim/fleet/roads/signal.h"

namespace racesim::fleet {

/// How the lights of a junction turn. What is not given follows from the place.
struct JunctionCycle {
  std::optional<std::uint32_t> cycle_s;   ///< 60 to 120
  std::optional<std::uint32_t> red_s;     ///< of the main road; 0.40 to 0.62 of the cycle
  std::optional<std::uint32_t> offset_s;  ///< of the main road's red, below cycle_s
};

inline constexpr std::uint32_t kYellow_ms = 3000;
/// All approaches have red between one's yellow and the other's green.
inline constexpr std::uint32_t kAllRed_ms = 2000;

/// The lights of the main road and of the crossing one. Never do both show anything but red.
std::array<Signal, 2> junction_signals(GeoPoint place, const JunctionCycle& cycle);

}  // namespace racesim::fleet
