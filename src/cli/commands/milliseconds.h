// Nanoseconds, in which all times are kept, in a millisecond, to which starts of runs and the options of Spark are rounded.
#pragma once

#include <cstdint>

namespace racesim::cli {

inline constexpr std::int64_t kNsPerMs = 1'000'000;

}  // namespace racesim::cli
