// From metres on a track to degrees on the globe, and back.
#pragma once

#include <cstdint>

#include "base/detmath.h"
#include "sim/race/track/track.h"

namespace racesim::race {

/// A plane that touches the ellipsoid (WGS 84) at the anchor: over a circuit of 3 km it is off by
/// millimetres.
class Globe {
 public:
  explicit Globe(const Anchor& anchor) : anchor_(anchor) {
    constexpr double kEquator_m = 6378137.0;
    constexpr double kFlatness = 0.00669437999014;  ///< first eccentricity, squared
    constexpr double kRadian = 57.29577951308232;
    const double sine = detmath::sin(anchor.latitude_deg / kRadian);
    const double w = 1 - kFlatness * sine * sine;
    north_deg_ = kRadian * w * __builtin_sqrt(w) / (kEquator_m * (1 - kFlatness));
    east_deg_ = kRadian * __builtin_sqrt(w) / (kEquator_m * detmath::cos(anchor.latitude_deg / kRadian));
  }

  /// Millionths of a degree, rounded.
  std::int32_t latitude_udeg(double y_m) const { return udeg(anchor_.latitude_deg + y_m * north_deg_); }
  std::int32_t longitude_udeg(double x_m) const { return udeg(anchor_.longitude_deg + x_m * east_deg_); }

  /// Metres east of the anchor; the shorter way round the globe.
  double x_m(double longitude_deg) const {
    double east = longitude_deg - anchor_.longitude_deg;
    if (east > 180) east -= 360;
    if (east < -180) east += 360;
    return east / east_deg_;
  }
  double y_m(double latitude_deg) const { return (latitude_deg - anchor_.latitude_deg) / north_deg_; }

 private:
  static std::int32_t udeg(double deg) {
    return static_cast<std::int32_t>(deg * 1e6 + (deg < 0 ? -0.5 : 0.5));
  }

  Anchor anchor_;
  double north_deg_;  ///< per metre
  double east_deg_;
};

}  // namespace racesim::race
