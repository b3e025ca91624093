// A stretch of one car's session between two moments, and where the car is at any time within it. A segment
// drives a piece of a baked template at a pace that varies smoothly along it (the warp), or stands still.
//
// With x the share of the template's time that has passed, 0 to 1, the pace ratio is
//   r(x) = r0 + (r1 − r0)(3x² − 2x³) + c · 16x²(1−x)²,
// so that it has the wanted values and no slope at both ends, and c makes the time come out as planned:
//   t(x) = D · [r0·x + (r1 − r0)(x³ − x⁴/2) + 16c(x³/3 − x⁴/2 + x⁵/5)],  t(1) = planned time, D the
//   template's.
// Speed is v/r and acceleration a/r² − v·r'/(r³·D): nothing is summed up from tick to tick.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/race.h"
#include "sim/race/car/template.h"
#include "sim/race/track/path.h"

namespace racesim::race {

/// A path as rendering reads it: one cache line of neighbours per look-up.
struct PathGrid {
  struct Point {
    double s_m;
    double x_m;
    double y_m;
    double curvature_1pm;
  };
  /// Beside a point: see aside.h.
  struct Aside {
    double left_x, left_y;   ///< unit vector to the left
    double shift_m;          ///< from the path to the middle lane, + = left
    double slope, bend_1pm;  ///< of the shift along the path: what it gains per metre, and that again
    /// The path's bend over some metres: how much shorter the way on its inside is. From point to point the
    /// bend itself may be as rough as the points that a track was imported from.
    double smooth_bend_1pm;
  };
  explicit PathGrid(const Path& path);

  double per_m;  ///< grid points per metre
  std::vector<Point> points;
  std::vector<double> z_m;    ///< heights at the points; empty: the track has none
  std::vector<Aside> asides;  ///< at the points; empty: nobody leaves this path
};

/// All times in ms since lights out. Plain values; template and path are owned elsewhere.
struct Segment {
  std::int64_t begin_ms;
  std::int64_t end_ms;    ///< exclusive, but for the car's last segment
  const Template* drive;  ///< null: the car stands at l_m
  const PathGrid* path;
  double tau_begin_s;  ///< template time at the begin
  double tau_s;        ///< D
  double r0;
  double r_rise;      ///< r1 − r0
  double c16;         ///< 16 c
  double per_ms;      ///< 1 / (end_ms − begin_ms)
  double per_tau;     ///< 1 / D
  double s_offset_m;  ///< to be added to the path's s: −length where a path runs on into the next lap
  double l_m;         ///< standing: where
  double fuel_begin_g,
      fuel_per_kg_g;  ///< fuel left = fuel_begin_g − fuel_per_kg_g · template's use since the begin
  double wear_begin_pct, wear_per_pct;  ///< likewise, upwards
  double side_m, side_rise_m;  ///< off the path, + = left: at the begin, and what it gains to the end
  double band, band_rise;      ///< likewise, of the shift to the middle lane that is added: 0 to 1
  double over_per_ms;          ///< 1 / how long moving over takes, from the begin on
  std::uint16_t lap;
  std::uint8_t sector;
  std::uint8_t tyre_age_laps;
  Compound tyre;
  CarStatus status;
  std::uint8_t gear;          ///< standing: in which, the clutch drawn
  std::uint8_t throttle_pct;  ///< standing: reached within half a second
  std::uint16_t spin_rpm;     ///< what spinning wheels add to the revs at standstill
  bool drs;                   ///< the wing may be open
  bool aside;                 ///< not only on the path
  bool even;                  ///< the pace hardly varies: two Newton steps are exact to a nanometre
};

inline double planned_s(const Segment& segment) {
  return static_cast<double>(segment.end_ms - segment.begin_ms) * 1e-3;
}

/// What one tick shows. Units as their names say, not yet rounded.
struct CarState {
  double s_m;  ///< within the lap
  double x_m;
  double y_m;
  double z_m;  ///< 0 on a track without heights
  double v_mps;
  double a_mps2;  ///< along the path
  double curvature_1pm;
  double fuel_g;
  double wear_pct;
  std::uint8_t throttle_pct;
  std::uint8_t brake_pct;
  std::uint8_t gear;
  bool drs;
};

/// Revolutions per minute in that state.
double engine_rpm(const Segment& segment, const CarState& state);

/// Makes the pace of `segment` start at ratio `r0`, end at `r1` and take end_ms − begin_ms. drive, tau_s and
/// the times are set.
void set_pace(Segment& segment, double r0, double r1);

/// The state at `time_ms`, begin_ms ≤ time_ms ≤ end_ms.
CarState state_at(const Segment& segment, std::int64_t time_ms);
/// The same at `count` times; faster than one by one.
void states_at(const Segment& segment, const std::int64_t* times_ms, std::size_t count, CarState* out);

}  // namespace racesim::race
