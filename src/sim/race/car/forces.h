// The forces on a car as functions of its speed: what the speed profile, the driver and the renderer share.
// Formulas 1 to 5 of the project's facts on the quasi-steady-state model (after TUMFTM's lap-time simulation
// and the fastest-lap project); no wind. On a slope gravity pulls along the road and presses the car less
// onto it; in a dip it is pressed harder by speed² × the dip's curvature, over a crest less. Pure functions
// of their arguments; w is speed squared, in m²/s², which spares square roots.
#pragma once

#include <algorithm>
#include <cmath>

#include "sim/race/car/car_model.h"
#include "sim/race/track/path.h"

namespace racesim::race {

inline constexpr double kGravity_mps2 = 9.81;
inline constexpr int kTopGear = 8;
inline constexpr double kShiftUp_rpm = 12000;
inline constexpr double kIdle_rpm = 4000;
/// Speeds above this are of no car; it bounds the cornering cap on straights.
inline constexpr double kSpeedBound_mps = 110;

/// Engine speed in `gear` 1 to 8 at a speed; idle in neutral. In first gear with the foot down (`throttle` in
/// 0 to 1) the clutch slips and keeps the revs up.
double rpm_at(int gear, double speed_mps, double throttle = 0);

/// Shares of full, 0 to 1; never both above 0.
struct Pedals {
  double throttle = 0;
  double brake = 0;
};

/// A car under given conditions.
class Forces {
 public:
  /// `power` scales the engine, 1 for a sound one.
  Forces(const CarModel& car, const Conditions& conditions, double power = 1);

  double mass_kg() const { return mass_kg_; }
  /// What accelerating resists: the mass and the wheels' spin.
  double inertia_kg() const { return inertia_kg_; }

  /// On all four wheels. A car that takes off has its aerodynamics and a twentieth of its weight left, so
  /// that limits stay above 0: no circuit is like that.
  double load_n(double w, const Terrain& terrain) const {
    return std::max(kLightest * weight_n_,
                    weight_n_ * terrain.level + (lift_npw_ + mass_kg_ * terrain.dip_1pm) * w);
  }

  /// Largest sideways acceleration of the tyres.
  double lateral_limit_mps2(double w, const Terrain& terrain) const {
    const double load_n = this->load_n(w, terrain);
    return (grip_0_ + grip_1_ * load_n) * load_n * per_mass_;
  }

  /// Largest w with w·|curvature| within the lateral limit, and within the speed bound.
  double cornering_cap(double curvature_1pm, const Terrain& terrain) const;

  /// What cornering takes of the tyres' grip and what it leaves to braking and traction (friction circle).
  struct Circle {
    double used;
    double left;
  };
  Circle circle(double w, double curvature_1pm, double lateral_limit) const {
    const double used =
        std::min(1.0, w * (curvature_1pm < 0 ? -curvature_1pm : curvature_1pm) / lateral_limit);
    return {used, std::sqrt(1 - used * used)};
  }

  double share_left(double w, double curvature_1pm, double lateral_limit) const {
    return circle(w, curvature_1pm, lateral_limit).left;
  }

  /// Drag of tyres that corner: their sideways force times a slip angle that grows with its use. It is why a
  /// fast bend taken flat costs speed.
  double scrub_n(double used, double lateral_limit) const {
    return kScrub * mass_kg_ * lateral_limit * used * used;
  }

  /// Air, rolling resistance and the slope; below 0 where a car rolls downhill by itself.
  double resistance_n(double w, bool drs, const Terrain& terrain) const {
    return roll_n_ + (drs ? drs_drag_npw_ : drag_npw_) * w + weight_n_ * terrain.climb;
  }

  /// Of the engine at the wheels, whatever the tyres hold. Higher gears pull less at low revs.
  double engine_n(double v, int gear) const;
  /// The same in the best gear.
  double engine_n(double v) const;

  /// What the driven wheels put down, 0.545 of the weight and 0.56 of the downforce on them and 1 N/kg more
  /// by acceleration's load transfer. Below 15 m/s the clutch and spinning wheels leave less.
  double traction_n(double v, double w, double share, const Terrain& terrain) const {
    const double rear_n = 0.545 * (weight_n_ * terrain.level + mass_kg_ * terrain.dip_1pm * w) +
                          0.56 * lift_npw_ * w + 0.8 * mass_kg_;
    const double wheels_n = (grip_0_ + grip_1_ * load_n(w, terrain)) *
                            std::max(kLightest * weight_n_, rear_n) * share * traction_;
    return v < kLaunch_mps ? wheels_n * (kLaunchGrip + (1 - kLaunchGrip) / kLaunch_mps * v) : wheels_n;
  }

  /// Slowing with all that tyres and drag give. A brake that is balanced front to rear holds 0.92 of what the
  /// tyres hold sideways; lifting the foot costs a quarter of the drag's help.
  double braking_mps2(double w, double share, double lateral_limit, const Terrain& terrain) const {
    const double tyres = std::min(0.92 * lateral_limit * share, brake_limit_mps2_);
    const double slowed = std::min(tyres + (0.75 * drag_npw_ * w + roll_n_) * per_mass_, kBrakingBound_mps2);
    return slowed + kGravity_mps2 * terrain.climb;
  }

  /// Slowing with the foot off and the brake untouched; below 0 where the slope is steeper than that.
  double lifting_mps2(double w, const Terrain& terrain) const {
    return (resistance_n(w, false, terrain) + engine_brake_n()) / inertia_kg_;
  }

  /// The pedals that give acceleration `a_mps2` at speed v in a bend, ignoring what the tyres hold: inverse
  /// dynamics.
  Pedals pedals_for(double v, double a_mps2, double curvature_1pm, int gear, bool drs,
                    const Terrain& terrain) const;

  /// Engine braking with the foot off, before the brake is touched.
  double engine_brake_n() const { return 0.1 * weight_n_; }
  /// Of the pedal pressed fully.
  double full_brake_n() const { return 4.4 * weight_n_; }

 private:
  static constexpr double kLaunch_mps = 25;
  static constexpr double kLaunchGrip = 0.48;
  static constexpr double kScrub = 0.06;
  static constexpr double kBrakingBound_mps2 = 52;
  static constexpr double kLightest = 0.05;

  double mass_kg_;
  double inertia_kg_;
  double per_mass_;
  double weight_n_;
  double lift_npw_;  ///< downforce per w
  double drag_npw_;
  double drs_drag_npw_;
  double roll_n_;
  double grip_0_;  ///< friction = grip_0 + grip_1 · load of all four wheels
  double grip_1_;
  double traction_;
  double brake_limit_mps2_;
  double engine_w_;
  double electric_w_;
};

}  // namespace racesim::race
