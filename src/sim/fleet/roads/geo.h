// Places on the globe, and a plane around one of them in which roads are measured.
#pragma once

#include <cmath>

namespace racesim::fleet {

struct GeoPoint {
  double latitude_deg = 0;
  double longitude_deg = 0;
  bool operator==(const GeoPoint&) const = default;
};

/// East and north of a plane's origin.
struct Vec {
  double x_m = 0;
  double y_m = 0;
};

inline Vec operator+(Vec a, Vec b) {
  return {a.x_m + b.x_m, a.y_m + b.y_m};
}
inline Vec operator-(Vec a, Vec b) {
  return {a.x_m - b.x_m, a.y_m - b.y_m};
}
inline Vec operator*(double f, Vec a) {
  return {f * a.x_m, f * a.y_m};
}
inline double dot(Vec a, Vec b) {
  return a.x_m * b.x_m + a.y_m * b.y_m;
}
inline double cross(Vec a, Vec b) {
  return a.x_m * b.y_m - a.y_m * b.x_m;
}
inline double length_m(Vec a) {
  return std::sqrt(dot(a, a));
}

/// The mean radius of the earth (IUGG).
inline constexpr double kMetresPerDegree = 6'371'008.8 * 3.14159265358979323846 / 180;

/// Metres per degree of longitude at a latitude.
double metres_per_degree_east(double latitude_deg);

/// On the sphere, to a thousandth as long as the places are less than 100 km apart; the shorter way across
/// the date line.
double distance_m(GeoPoint a, GeoPoint b);

/// Degrees stretched to metres as at the origin: exact there, to a thousandth within some 5 km of latitude.
class Plane {
 public:
  explicit Plane(GeoPoint origin) : Plane(origin, metres_per_degree_east(origin.latitude_deg)) {}
  /// `east_m`: metres per degree of longitude there, for those who know them already.
  Plane(GeoPoint origin, double east_m) : origin_(origin), east_m_(east_m) {}
  Vec to_plane(GeoPoint p) const {
    return {(p.longitude_deg - origin_.longitude_deg) * east_m_,
            (p.latitude_deg - origin_.latitude_deg) * kMetresPerDegree};
  }
  GeoPoint to_globe(Vec p) const {
    return {origin_.latitude_deg + p.y_m / kMetresPerDegree, origin_.longitude_deg + p.x_m / east_m_};
  }

 private:
  GeoPoint origin_;
  double east_m_;
};

}  // namespace racesim::fleet
