#include "sim/race/car/forces.h"

#include "base/detmath.h"

namespace racesim::race {
namespace {

/// Engine revolutions per minute for each km/h. Real ratios of gears 3, 7 and 8; the rest on a geometric
/// ladder of 0.854, but for the two lowest.
constexpr double kRpmPerKmh[kTopGear + 1] = {0, 114, 92, 78, 66.6, 57, 48.6, 41.5, 35.5};
constexpr double kKmhPerMps = 3.6;
constexpr double kRolling = 0.015;
constexpr double kSpinningMass = 1.06;
constexpr double kElectricFade_mps = 27.8;
/// From here up the fuel flow is at its limit and power stays level; below, it falls with the revs.
constexpr double kLevelPower_rpm = 10000;
constexpr double kLeastSpeed_mps = 3;
constexpr double kSlipping_rpm = 9500;
constexpr double kFullSlip = 0.3;  ///< share of throttle from which the clutch slips at those revs

}  // namespace

double air_at_kgpm3(double altitude_m) {
  constexpr double kReference_m = 150;
  constexpr double kLapse_1pm = 2.25577e-5;
  constexpr double kExponent = 5.25588;
  const auto pressure = [](double height_m) { return detmath::pow(1 - kLapse_1pm * height_m, kExponent); };
  return kAir_kgpm3 * (pressure(altitude_m) / pressure(kReference_m));
}

double air_of(const Track& track) {
  return track.altitude_m ? air_at_kgpm3(*track.altitude_m) : kAir_kgpm3;
}

double rpm_at(int gear, double speed_mps, double throttle) {
  if (gear < 1 || gear > kTopGear) return kIdle_rpm;
  const double rpm = kRpmPerKmh[gear] * kKmhPerMps * speed_mps;
  if (gear > 1 || throttle <= 0) return std::max(kIdle_rpm, rpm);
  return std::max(rpm, kIdle_rpm + (kSlipping_rpm - kIdle_rpm) * std::min(1.0, throttle / kFullSlip));
}

Forces::Forces(const CarModel& car, const Conditions& conditions, double power)
    : mass_kg_(car.mass_kg + conditions.fuel_kg),
      inertia_kg_(kSpinningMass * mass_kg_),
      per_mass_(1 / mass_kg_),
      weight_n_(mass_kg_ * kGravity_mps2),
      lift_npw_(0.5 * conditions.air_kgpm3 * car.lift_area_m2),
      drag_npw_(0.5 * conditions.air_kgpm3 * car.drag_area_m2),
      drs_drag_npw_(drag_npw_ * (1 - car.drs_drag_cut)),
      roll_n_(kRolling * weight_n_),
      grip_0_(conditions.grip * (car.grip - 3000 * car.grip_per_n)),
      grip_1_(conditions.grip * car.grip_per_n / 4),
      traction_(car.traction),
      brake_limit_mps2_(car.brake_limit_mps2),
      engine_w_(1000 * car.engine_kw * car.driveline_efficiency * power),
      electric_w_(1000 * car.electric_kw * car.driveline_efficiency * power * conditions.electric) {}

double Forces::cornering_cap(double curvature_1pm, const Terrain& terrain) const {
  // With load = weight + press·w this is a quadratic in w with a falling parabola and a positive value at 0;
  // press is below 0 on a crest that lifts the car more than its wings hold it.
  const double press_npw = lift_npw_ + mass_kg_ * terrain.dip_1pm;
  const double weight_n = weight_n_ * terrain.level;
  const double a = grip_1_ * press_npw * press_npw;
  const double b = grip_0_ * press_npw + 2 * grip_1_ * weight_n * press_npw -
                   mass_kg_ * (curvature_1pm < 0 ? -curvature_1pm : curvature_1pm);
  const double c = (grip_0_ + grip_1_ * weight_n) * weight_n;
  const double root = std::sqrt(std::max(0.0, b * b - 4 * a * c));
  const double bound = kSpeedBound_mps * kSpeedBound_mps;
  if (b < 0) return std::min(bound, 2 * c / (root - b));
  return a < 0 ? std::min(bound, (b + root) / (-2 * a)) : bound;
}

double Forces::engine_n(double v) const {
  const double electric = v < kElectricFade_mps ? electric_w_ * (v / kElectricFade_mps) : electric_w_;
  return (engine_w_ + electric) / std::max(v, kLeastSpeed_mps);
}

double Forces::engine_n(double v, int gear) const {
  if (gear <= 1) {
    constexpr double kSlipping_mps = kSlipping_rpm / (kRpmPerKmh[1] * kKmhPerMps);
    return v < kSlipping_mps ? engine_n(v) * std::max(v, kLeastSpeed_mps) / kSlipping_mps : engine_n(v);
  }
  const double revs = kRpmPerKmh[gear] * kKmhPerMps * v / kLevelPower_rpm;
  return revs < 1 ? engine_n(v) * revs : engine_n(v);
}

Pedals Forces::pedals_for(double v, double a_mps2, double curvature_1pm, int gear, bool drs,
                          const Terrain& terrain) const {
  const double w = v * v;
  const double lateral = lateral_limit_mps2(w, terrain);
  const double scrub = scrub_n(circle(w, curvature_1pm, lateral).used, lateral);
  const double wanted_n = inertia_kg_ * a_mps2 + resistance_n(w, drs, terrain) + scrub;
  if (wanted_n > 0) return {std::min(1.0, wanted_n / engine_n(v, gear)), 0};
  return {0, std::min(1.0, std::max(0.0, -wanted_n - engine_brake_n()) / full_brake_n())};
}

}  // namespace racesim::race
