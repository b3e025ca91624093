#include "sim/fleet/roads/geo.h"

#include "base/detmath.h"

namespace racesim::fleet {

double metres_per_degree_east(double latitude_deg) {
  return kMetresPerDegree * detmath::cos(latitude_deg * (3.14159265358979323846 / 180));
}

double distance_m(GeoPoint a, GeoPoint b) {
  double east_deg = b.longitude_deg - a.longitude_deg;
  if (east_deg > 180) east_deg -= 360;
  if (east_deg < -180) east_deg += 360;
  const double east_m = metres_per_degree_east((a.latitude_deg + b.latitude_deg) / 2);
  return length_m({east_deg * east_m, (b.latitude_deg - a.latitude_deg) * kMetresPerDegree});
}

}  // namespace racesim::fleet
