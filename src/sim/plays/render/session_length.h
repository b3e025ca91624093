// How many plays a session has.
#pragma once

#include <cstdint>

namespace racesim::plays {

inline constexpr std::uint32_t kMostSessionPlays = 150;

/// Length of one session: the listener's mood of the week, standard normal, and 64 random bits.
std::uint32_t session_length(double week_z, std::uint64_t bits);

/// Mean of the lengths if none is above `most`.
double mean_session_length(std::uint32_t most);

/// How long the sessions of such a week are against the mean; its own mean is 1.
double week_length_factor(double week_z);

}  // namespace racesim::plays
