// The heights of a track as a smooth curve along its centreline, and what they make of the road on a path. A
// road lies level from side to side: banking is not known to it.
#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "sim/race/track/path.h"
#include "sim/race/track/track.h"

namespace racesim::race {

/// Steeper than any road for cars; heights that say so are no metres, or noise.
inline constexpr double kSteepest = 0.35;

/// Fills in z_m and terrain of the path, whose s_m runs along the track; nothing on a track without heights.
void raise(Path& path, const Track& track);

/// How the road lies at each of the track's points; empty on a track without heights.
std::vector<Terrain> terrain_of_points(const Track& track);

/// The steepest slope, as metres of height per metre, and where.
struct Steepest {
  double slope = 0;
  double s_m = 0;
};
Steepest steepest_slope(const Track& track);

/// A circuit's height above the sea in metres, as Track::altitude_m has it. Error (usage): no number, or
/// outside kAltitudeLeast_m to kAltitudeMost_m.
Result<double> parse_altitude(std::string_view text);

}  // namespace racesim::race
