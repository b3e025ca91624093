// Where on the racing line the rear wing may be open.
#pragma once

#include <vector>

#include "sim/race/car/drive.h"
#include "sim/race/track/path.h"
#include "sim/race/track/track.h"

namespace racesim::race {

/// The track's DRS zones along `line`, the closed racing line; one that runs across the timing line is cut in
/// two there.
std::vector<Stretch> drs_stretches(const Track& track, const Path& line);

}  // namespace racesim::race
