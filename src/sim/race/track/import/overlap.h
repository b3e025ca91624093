// Finds a circuit that runs back over itself.
#pragma once

#include <optional>

#include "sim/race/track/track.h"

namespace racesim::race {

struct Overlap {
  double s_m;        ///< where it begins
  double other_s_m;  ///< the place on the lap that it lies upon
};

/// The first stretch of at least 25 m that lies on another part of the lap in the same or the opposite
/// direction (within 25°). Crossings at an angle are bridges and pass.
std::optional<Overlap> find_overlap(const Track& track);

}  // namespace racesim::race
