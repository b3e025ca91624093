// The paths that cars take on a track. All of them are cut from splines over the same knots, so two paths
// meet at a checkpoint in the same point, direction and curvature where neither is on its way off the racing
// line.
#pragma once

#include <cstddef>

#include "sim/race/track/curve.h"
#include "sim/race/track/path.h"
#include "sim/race/track/track.h"

namespace racesim::race {

/// One lap along the driven line from the timing line; closed.
Path racing_line(const Track& track);

/// From checkpoint `from_checkpoint`, which lies at or before the pit entry, through the lane with its limit
/// to `to_checkpoint` of the next lap, at or behind the exit; s runs beyond length_m. Where the way cuts
/// corners, s is that of the lane's even offset from the centreline, and not the projection to the
/// centimetre. limit_mps is infinite where there is no limit.
Path pit_way(const Track& track, std::size_t from_checkpoint, std::size_t to_checkpoint);

/// The nearest checkpoints that pit_way() can join.
std::size_t last_before_pit(const Track& track);
std::size_t first_after_pit(const Track& track);

/// From standstill `behind_m` before the timing line and `left_m` beside the centreline to `to_checkpoint` (1
/// or later) of the first lap. s begins at −behind_m. `centre` is centreline(track), made once for all slots.
Path grid_way(const Track& track, const Curve& centre, double behind_m, double left_m,
              std::size_t to_checkpoint);

/// From checkpoint `from_checkpoint` on the racing line to a slot as in grid_way(), which lies before the end
/// of the same lap; s ends at length_m − behind_m.
Path way_to_grid(const Track& track, const Curve& centre, std::size_t from_checkpoint, double behind_m,
                 double left_m);

}  // namespace racesim::race
