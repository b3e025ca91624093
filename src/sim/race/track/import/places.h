// Finds the places that a race needs on a track of which only the centreline and the driven line are known.
#pragma once

#include "sim/race/car/car_model.h"
#include "sim/race/track/track.h"

namespace racesim::race {

/// Sets corners (bends of the road, numbered, named T1, T2 …), DRS zones (on the two longest stretches of
/// full throttle, if at least 350 m, those that end in braking before others), 14 checkpoints with the sector
/// ends near the thirds of the lap, kept off the zones where there is room, and a pit lane on the inner side
/// of the road round the timing line. Lengths shrink on laps below some 3 km.
void find_places(Track& track, const CarModel& car);

}  // namespace racesim::race
