// The speed that physics allows at every point of a path: cornering, then traction and power going forward,
// then brakes going backward (quasi-steady-state); where slowing is slight the foot is lifted earlier instead
// of braking. Where time and the driver's feet come in, see drive.h.
#pragma once

#include <vector>

#include "sim/race/car/drive.h"
#include "sim/race/car/forces.h"
#include "sim/race/track/path.h"

namespace racesim::race {

/// Owned by its user; keeps no reference to what it was made from.
class SpeedProfile {
 public:
  SpeedProfile(const Path& path, const Forces& forces, const Conditions& conditions, const Drive& drive);

  /// Speed squared at the grid points of the path, cells + 1 of them.
  const std::vector<double>& speed_squared() const { return w_; }
  /// Curvature as the driver feels it, without what is shorter than the car's reaction; cells + 1 values.
  const std::vector<double>& curvature_1pm() const { return bend_; }
  /// Grid point with the lowest cornering cap.
  std::size_t slowest() const { return slowest_; }
  /// Grid point with the lowest speed in the last third: who drives on from there arrives at the end as after
  /// a whole lap.
  std::size_t last_apex() const;
  /// First grid point of the slowing to a stop at the end, from some 12 m/s down.
  std::size_t roll_out() const;
  /// Driving time at this speed, acceleration constant within cells.
  double duration_s(double step_m) const;

 private:
  void cap(const Path& path, const Forces& forces);
  void forward(const Path& path, const Forces& forces, const Conditions& conditions, const Drive& drive);
  void backward(const Path& path, const Forces& forces, const Drive& drive);
  void lift(const Path& path, const Forces& forces);
  /// Speeds squared, from the cell before `end` backward, of a lift in place of braking; false if it costs
  /// much.
  bool lift_to(std::size_t end, const Path& path, const Forces& forces, std::vector<double>& lifted) const;

  std::vector<double> bend_;
  std::vector<double> w_;
  std::size_t slowest_ = 0;
};

/// Whether the limit of a grid point counts; a path may have limits on a part only.
inline bool is_limited(double limit_mps) {
  return limit_mps > 0 && limit_mps < kSpeedBound_mps;
}

}  // namespace racesim::race
