// What one car does along one path when it drives as fast as it can: the outcome of the 100 Hz driver, baked
// once per conditions and then only read.
#pragma once

#include <cstdint>
#include <vector>

namespace racesim::race {

inline constexpr double kTemplateStep_s = 0.01;

/// Samples of one drive, kTemplateStep_s apart. Between samples acceleration is constant, so speed is linear
/// and distance a parabola: l[i+1] = l[i] + (v[i] + v[i+1]) / 2 · step, exactly. The last sample lies at or
/// beyond the path's end.
struct Template {
  struct Sample {
    double l_m;  ///< along the path
    float v_mps;
    float fuel_kg;  ///< burnt since the path's begin
    float wear;     ///< tyre work since the path's begin, as a share of that of a whole flying lap
    std::uint8_t throttle_pct;
    std::uint8_t brake_pct;
    std::uint8_t gear;  ///< 1 to 8; 0 in neutral
    bool drs;
  };
  std::vector<Sample> samples;
  double duration_s = 0;  ///< until the path's end
  double fuel_kg = 0;     ///< burnt until the path's end
  double wear = 0;
  double work_m2ps3 = 0;  ///< the tyres' work behind `wear`: acceleration squared over time

  /// Seconds from the path's begin to `l_m`, 0 ≤ l_m ≤ the path's length.
  double time_at(double l_m) const;
  /// Speed there.
  double speed_at(double l_m) const;
};

}  // namespace racesim::race
