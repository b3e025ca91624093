// A smooth curve in the plane over a parameter that is the distance along the track's centreline.
#pragma once

#include <vector>

#include "sim/race/track/import/spline.h"
#include "sim/race/track/path.h"
#include "sim/race/track/track.h"

namespace racesim::race {

struct Vec {
  double x;
  double y;
};

/// Both splines share their knots. Curvature is continuous.
class Curve {
 public:
  struct Sample {
    Vec place;
    Vec ahead;             ///< unit vector of the direction; the left-hand normal is (−ahead.y, ahead.x)
    double speed;          ///< metres of curve per metre of parameter
    double curvature_1pm;  ///< + = left

    /// The point `left_m` to the left of it.
    Vec beside(double left_m) const { return {place.x - left_m * ahead.y, place.y + left_m * ahead.x}; }
  };

  Curve(Spline x, Spline y) : x_(std::move(x)), y_(std::move(y)) {}
  static Curve closed(std::vector<double> knots, const std::vector<Vec>& places);
  static Curve open(std::vector<double> knots, const std::vector<Vec>& places);

  Sample at(double t) const;
  /// Of at(), for less work.
  double speed(double t) const;
  double begin() const { return x_.begin(); }
  double end() const { return x_.end(); }

 private:
  Spline x_;
  Spline y_;
};

/// The centreline; its parameter is s.
Curve centreline(const Track& track);

/// The curve from parameter `from` to `to` on an even grid of about one metre of its own length; s_m holds
/// the parameter. `closed` only sets the flag.
Path lay_out(const Curve& curve, double from, double to, bool closed);

/// The path's distance l at the centreline distance `s_m`, and back. Both are clamped to the path's ends,
/// inverse to each other, and linear between grid points.
double path_at(const Path& path, double s_m);
double track_at(const Path& path, double l_m);

/// The point of a closed curve nearest to `place`, as its parameter, to about a millimetre. `near` is a guess
/// not farther off than 50 m; without a guess use nearest_of_all().
double nearest(const Curve& curve, Vec place, double near);
double nearest_of_all(const Curve& curve, Vec place);

}  // namespace racesim::race
