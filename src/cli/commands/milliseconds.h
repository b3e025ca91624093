// Times are kept in nanoseconds; starts of runs and the options of Spark are whole milliseconds.
#pragma once

#include <cstdint>

namespace racesim::cli {

inline constexpr std::int64_t kNsPerMs = 1'000'000;

}  // namespace racesim::cli
