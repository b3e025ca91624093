// A circuit's centreline as a file gives it, before it becomes a track.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "sim/race/track/curve.h"
#include "sim/race/track/track.h"

namespace racesim::race {

/// A point of the centreline; x east and y north in metres, widths to either edge in driving direction.
struct CentrePoint {
  Vec place;
  double right_m;
  double left_m;
  std::size_t number;  ///< from 1: of its line, or of its place in the list
  double z_m = 0;      ///< height, if Centreline::has_heights
};

struct Centreline {
  std::vector<CentrePoint> points;   ///< none twice in a row, the first not repeated at the end
  Anchor anchor;                     ///< of the first point; 0 N 0 E where the file does not tell
  std::vector<std::string> notices;  ///< for people: what was taken from the file, or is not used
  bool has_heights = false;
};

/// What `number` of a point counts, and how far apart points may be.
struct CentrelineForm {
  std::string_view unit;  ///< "line", "point"
  double gap_most_m;
};

/// Adds the point, unless it lies on the one before. False: there are too many.
bool add_point(std::vector<CentrePoint>& points, const CentrePoint& point);

/// Closes the circuit: leaves a last point out that repeats the first. Errors (master_data) begin with `name`
/// and say which point is to blame: fewer than 10 points, a gap, an open end, a length below 200 m or above
/// 50 km.
Done close_circuit(std::vector<CentrePoint>& points, const CentrelineForm& form, std::string_view name);

double distance_m(const CentrePoint& a, const CentrePoint& b);

/// For errors about too many points.
inline constexpr std::size_t kCentrePointsMost = 200'000;
inline constexpr double kWidthMost_m = 100;  ///< a half-width is above 0 and below this

}  // namespace racesim::race
