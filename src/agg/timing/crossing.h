// When a car passed a line between two samples. Between them the speed is the cubic that has the samples'
// speeds and accelerations; the distance is its integral, times how much the centreline's metres differ from
// those that the car drove there. On racesim's telemetry that is exact to 0.2 ms up to 0.2 s between samples.
#pragma once

#include <cstdint>

#include "agg/timing/sample.h"

namespace racesim {

/// Beyond this between two samples nobody knows when the car passed a line between them.
inline constexpr std::int64_t kMostGap_ms = 2'000;

/// A car passes a line behind the first sight, at the latest at the second one. Without padding.
struct Crossing {
  Sight before, after;

  std::int64_t gap_ms() const { return after.time_ms - before.time_ms; }
};

/// Millimetres that the car drives from `before` on in `share` (0 to 1) of the time up to `after`.
double driven_mm(const Sight& before, const Sight& after, double share);

/// Centreline per driven metre between the two sights, or 1 where the car hardly moved.
double line_ratio(double line_mm, double driven_mm);

/// Place on the centreline `ms` behind the first sight, in µm. Distances go on from sight to sight.
std::int64_t place_um(const Crossing& crossing, std::int64_t ms);

/// When the car is at the place `s_um`, which lies between the sights; epoch ms, not yet rounded, relative to
/// the first sight.
double ms_behind_first(const Crossing& crossing, std::int64_t s_um);

/// When the car passed the timing line, where lap distance begins anew, as a whole epoch ms, at which the lap
/// distance is first counted anew. `ratio`: line_ratio() just before.
std::int64_t timing_line_ms(const Crossing& crossing, double ratio);

/// Rounded, within the crossing's time.
std::int64_t whole_ms(const Crossing& crossing, double ms);

}  // namespace racesim
