// What a track is like for a car that is as light and fast as it gets: for pictures and figures of the track.
#pragma once

#include "sim/race/car/template.h"
#include "sim/race/track/path.h"
#include "sim/race/track/track.h"

namespace racesim::race {

struct FastLap {
  Path line;
  Template drive;
};

/// The default car with fuel for a qualifying lap, new tyres, DRS in its zones. About 2 ms.
FastLap drive_fast_lap(const Track& track);

}  // namespace racesim::race
