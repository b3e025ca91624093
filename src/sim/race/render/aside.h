// Room beside a path: three lanes of the road, for cars that are next to each other (sides.h). The band of
// the lanes runs beside the racing line and bends as it does: it is the line where the road has room on both
// sides of it, and a slow drift away from the nearer edge elsewhere. It is the same for every path at the
// same place of the track, so that it has no seams.
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
  /// `line` is racing_line(track); it and `centre` outlive this.
  LaneBand(const Track& track, const Curve& centre, const Path& line);

  /// Fills in `grid.asides` of a path with the grid points of `path`, which runs on the road.
  void add_asides(PathGrid& grid, const Path& path) const;

 private:
  /// From the centreline to the middle lane, + = left. `s_m` may be before the lap or behind it.
  double left_m(double s_m) const;
  /// From the centreline to a point of a path.
  double own_left_m(const Path& path, std::size_t point) const;

  double length_m_;
  const Curve& centre_;
  const Path& line_;
  std::vector<double> left_m_;  ///< at the line's grid points; the last, which is the first, left out
};

}  // namespace racesim::race
