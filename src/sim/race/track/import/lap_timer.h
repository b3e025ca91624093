// The time that a car needs on a closed line of points, kept up to date while stretches of the line are
// moved: what the search for the fastest line asks some ten thousand times.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/race/car/forces.h"
#include "sim/race/track/curve.h"

namespace racesim::race {

/// Quasi-steady-state speeds (caps by cornering, forward, backward) on points about 5 m apart, with the
/// forces of the car library. A move recalculates only the points whose speed it changes. One thread.
class LapTimer {
 public:
  /// At least 8 places, of which no neighbours coincide, and how the road lies at each (none: flat). Keeps no
  /// reference.
  LapTimer(const std::vector<Vec>& places, const std::vector<Terrain>& terrain, const Forces& forces);

  double lap_s() const;
  double speed_mps(std::size_t i) const { return points_[i].v; }
  double curvature_1pm(std::size_t i) const { return points_[i].curvature; }

  /// Lap time plus what rough lines are charged: bends cost a little beyond their time, so that straights are
  /// straight, and changes of curvature cost what a driver cannot steer.
  double cost() const;
  /// Moves `places.size()` points from `first` on (wrapping) and returns the change of cost(). Another move
  /// may follow at once, and undo() takes back the last one.
  double move(std::size_t first, const std::vector<Vec>& places);
  void undo();

 private:
  struct Point {
    Vec place;
    double curvature;
    double length;   ///< of the cell from here to the next point
    double cap;      ///< of the squared speed
    double forward;  ///< squared speed after the forward pass
    double w;        ///< after the backward pass
    double v;
    double time;    ///< in the cell
    double charge;  ///< of the cell
  };
  struct Saved {
    std::size_t index;
    Point point;
  };

  std::size_t wrap(std::size_t i) const { return i < points_.size() ? i : i - points_.size(); }
  std::size_t next(std::size_t i) const { return i + 1 < points_.size() ? i + 1 : 0; }
  std::size_t last(std::size_t i) const { return i > 0 ? i - 1 : points_.size() - 1; }

  void measure(std::size_t i);
  double forward_into(std::size_t i) const;
  double backward_into(std::size_t i) const;
  void settle(std::size_t i);
  void save(std::size_t i) { saved_.push_back({i, points_[i]}); }
  std::size_t run_forward(std::size_t first, std::size_t count);
  std::size_t run_backward(std::size_t end, std::size_t count);

  Terrain terrain_at(std::size_t i) const { return terrain_.empty() ? Terrain{} : terrain_[i]; }

  Forces forces_;
  std::vector<Terrain> terrain_;
  std::vector<Point> points_;
  std::vector<Saved> saved_;
};

}  // namespace racesim::race
