// How long a race is by the regulations, on any circuit.
#pragma once

#include <cstdint>

#include "sim/race/track/track.h"

namespace racesim::race {

/// The mean lap of a race over a fast one, start and stops included.
inline constexpr double kRaceLap = 1.11;
/// Nobody starts another lap but one when a race has taken so long.
inline constexpr std::int64_t kTimeLimit_ms = 2 * 3'600'000;

/// The least number of laps beyond 305 km, 260 km where a lap is as slow as in narrow streets, but not more
/// than can be driven in two hours.
std::uint32_t grand_prix_laps(const Track& track);

/// The least number of laps beyond 100 km, but not more than can be driven in an hour.
std::uint32_t sprint_laps(const Track& track);

}  // namespace racesim::race
