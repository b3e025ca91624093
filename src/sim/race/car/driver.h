// The driver who follows a speed profile at 100 Hz with two feet and a gear lever.
#pragma once

#include <vector>

#include "sim/race/car/drive.h"
#include "sim/race/car/forces.h"
#include "sim/race/car/gearbox.h"
#include "sim/race/car/speed_profile.h"
#include "sim/race/track/path.h"

namespace racesim::race {

/// All that changes from step to step.
struct DriverState {
  double l = 0;
  double v = 0;         ///< always a float's value: that is what templates keep
  double throttle = 0;  ///< of the engine's power
  double pedal = 0;     ///< the foot on it; more than `throttle` where a limiter holds the car
  double brake = 0;
  double fuel_kg = 0;
  double work = 0;
  bool drs = false;
  Gearbox gearbox{0};
};

/// Keeps references to its arguments.
class Driver {
 public:
  Driver(const Path& path, const CarModel& car, const Forces& forces, const SpeedProfile& profile,
         const Conditions& conditions, const Drive& drive);

  DriverState begin_at(double l) const;
  /// One hundredth of a second. In a closed path l runs on beyond the end.
  void step(DriverState& state) const;
  /// The same, but to speed `v`, whatever the plan: the last metres before standstill.
  void roll(DriverState& state, double v) const;

 private:
  struct Plan {
    double v;
    double a;
    double curvature;
    double apex;
    Terrain terrain;
  };
  /// A cell of the plan: values at its begin and what they gain over it.
  struct Cell {
    double w;
    double w_gain;
    double curvature;
    double curvature_gain;
    double apex;
    Terrain terrain;
  };
  const Cell& cell_at(double l, double& share) const;
  Plan plan_at(double l) const;
  double planned_mps(double l) const;
  void change_gear(DriverState& state, double apex) const;
  void press(DriverState& state, double wanted_n, double engine_n, double excess_mps) const;
  void work_wing(DriverState& state) const;
  double force_n(const DriverState& state, double wanted_n, double engine_n) const;
  void advance(DriverState& state, double v, double curvature) const;
  double limit_at(double l) const;
  void rest_foot(DriverState& state) const;

  const Path& path_;
  const Forces& forces_;
  const Drive& drive_;
  bool drs_;
  double fuel_flow_kgps_;
  double cells_per_m_;
  std::vector<Cell> plan_;
};

}  // namespace racesim::race
