// Room beside a path: three lanes of the road, for cars that are next to each other (sides.h). The band of
// the lanes follows the racing line where the road lets it, and keeps off the edges; it is the same for every
// path at the same place of the track, so that it has no seams.
#pragma once

#include <vector>

#include "sim/race/render/segment.h"
#include "sim/race/track/curve.h"
#include "sim/race/track/path.h"
#include "sim/race/track/track.h"

namespace racesim::race {

/// From the middle of one lane to that of the next; a car is 2 m wide.
inline constexpr double kLane_m = 2.8;

class LaneBand {
 public:
  LaneBand(const Track& track, const Curve& centre);

  /// The middle lane's offset from the centreline, + = left. `s_m` may be before the lap or behind it.
  double left_m(double s_m) const;
  /// Fills in `grid.asides` of a path with the grid points of `path`, which runs on the road.
  void add_asides(PathGrid& grid, const Path& path) const;

 private:
  double length_m_;
  const Curve& centre_;
  std::vector<double> left_m_;  ///< at even steps from s = 0; the last is before the lap's end
};

}  // namespace racesim::race
