// The forces of the road and the fuel that they take, for the reference car of facts: 1350 kg, petrol.
#pragma once

#include <algorithm>

namespace racesim::fleet {

inline constexpr double kReferenceMass_kg = 1350;
inline constexpr double kRollingFactor = 0.011;
inline constexpr double kDragArea_m2 = 0.65;
inline constexpr double kAirDensity_kgpm3 = 1.2;
inline constexpr double kAuxiliary_w = 600;  ///< lights, pumps, alternator
inline constexpr double kIdleFuel_lph = 0.7;
inline constexpr double kPetrol_kwhpl = 8.9;
inline constexpr double kTurning_factor = 1.05;  ///< wheels and shafts add to the mass that is accelerated

/// At the wheels, at constant speed, with what runs beside.
inline double road_power_w(double v_mps) {
  const double force_n =
      kReferenceMass_kg * 9.81 * kRollingFactor + 0.5 * kAirDensity_kgpm3 * kDragArea_m2 * v_mps * v_mps;
  return force_n * v_mps + kAuxiliary_w;
}

/// Share of the fuel's energy that gets to the wheels: better under load. So that constant 50, 90 and 140
/// km/h take some 3.6, 4.8 and 7.4 l per 100 km.
inline double engine_efficiency(double power_w) {
  return 0.225 + 0.09 * std::clamp((power_w - 3'000) / 15'000, 0.0, 1.0);
}

/// At constant speed.
inline double fuel_lph(double v_mps) {
  const double power_w = road_power_w(v_mps);
  return std::max(kIdleFuel_lph, power_w / 1000 / (engine_efficiency(power_w) * kPetrol_kwhpl));
}

/// To gain speed.
inline double fuel_to_gain_l(double from_mps, double to_mps) {
  const double energy_j = 0.5 * kReferenceMass_kg * kTurning_factor * (to_mps * to_mps - from_mps * from_mps);
  return energy_j / 3.6e6 / (0.30 * kPetrol_kwhpl);
}

}  // namespace racesim::fleet
