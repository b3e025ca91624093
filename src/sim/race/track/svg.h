// A drawing of a track for people.
#pragma once

#include <string>
#include <vector>

#include "sim/race/track/path.h"
#include "sim/race/track/track.h"

namespace racesim::race {

/// One SVG document: the map with the road, the pit lane, DRS zones, corners, sector ends and the driven line
/// coloured by speed, and below it speed over distance. `speeds_mps` has one entry per grid point of `line`,
/// the racing line. North is up. Needs no font or file beyond itself.
std::string draw_track(const Track& track, const Path& line, const std::vector<double>& speeds_mps);

}  // namespace racesim::race
