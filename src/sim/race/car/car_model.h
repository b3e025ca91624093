// A Formula 1 car as quasi-steady-state physics needs it. What the rules of a season decide (power split,
// mass, aero modes) stands in master data, one row per car (model/race_master.h); the defaults are a 2022–24
// car.
#pragma once

#include "sim/race/track/track.h"

namespace racesim::race {

/// Sources: shared model parameters of TUMFTM and the fastest-lap project's Ferrari 2022 fit. Grip and
/// traction are tuned to real laps of Silverstone on the shipped minimum-time line: what drivers use sideways
/// is less than tyres give on a rig (1.8 to 2.2 there), and out of bends they are on the power sooner than
/// that grip allows.
struct CarModel {
  double mass_kg = 798;          ///< with driver, without fuel
  double lift_area_m2 = 5.04;    ///< ClA, downforce
  double drag_area_m2 = 1.48;    ///< CdA
  double drs_drag_cut = 0.17;    ///< share of drag that an open rear wing saves; 0: no DRS in the rules
  double grip = 1.90;            ///< tyre friction at 3 kN wheel load, as far as drivers use it
  double grip_per_n = -7e-5;     ///< its change with wheel load
  double traction = 1.38;        ///< of the driven wheels going forward, relative to sideways grip
  double brake_limit_mps2 = 48;  ///< of the tyres, at standstill of the aerodynamics
  double engine_kw = 560;
  double electric_kw = 120;  ///< fades below 27.8 m/s
  double driveline_efficiency = 0.95;
  double fuel_flow_kgps = 0.02778;  ///< at full throttle
};

inline constexpr double kAir_kgpm3 = 1.18;  ///< where no altitude is known

/// What changes during a race and decides which template holds.
struct Conditions {
  double fuel_kg = 0;
  double grip = 1;      ///< factor on the tyres' friction
  double electric = 1;  ///< share of the electric power that is used
  bool drs = false;     ///< opened in every zone
  double air_kgpm3 = kAir_kgpm3;
};

/// Of the air `altitude_m` above the sea, −500 to 5,000: pressure as in the standard atmosphere (ISO 2533:
/// 1013.25 hPa at sea level, exponent 5.25588), at one temperature, 21 °C, which makes it kAir_kgpm3 at 150
/// m, the height of Silverstone.
double air_at_kgpm3(double altitude_m);

/// The air over a track, kAir_kgpm3 where its altitude is not known.
double air_of(const Track& track);

}  // namespace racesim::race
