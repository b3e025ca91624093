#include "sim/fleet/roads/route.h"

#include <algorithm>

namespace racesim::fleet {

GeoPoint place(const Route& route, double s_m, std::size_t& hint) {
  const std::vector<PathPoint>& path = route.path;
  const std::size_t last_begin = path.size() - 2;
  std::size_t at = std::min(hint, last_begin);
  constexpr int kSteps = 8;  // farther than that, halving is quicker
  for (int step = 0; step < kSteps && at < last_begin && path[at + 1].s_m <= s_m; ++step) ++at;
  if (path[at].s_m > s_m || (at < last_begin && path[at + 1].s_m <= s_m)) {
    const auto after = std::upper_bound(path.begin() + 1, path.end() - 1, s_m,
                                        [](double s, const PathPoint& point) { return s < point.s_m; });
    at = static_cast<std::size_t>(after - path.begin()) - 1;
  }
  hint = at;
  const PathPoint& a = path[at];
  const PathPoint& b = path[at + 1];
  const double share = std::clamp((s_m - a.s_m) / (b.s_m - a.s_m), 0.0, 1.0);
  return {a.latitude_deg + share * (b.latitude_deg - a.latitude_deg),
          a.longitude_deg + share * (b.longitude_deg - a.longitude_deg)};
}

GeoPoint place(const Route& route, double s_m) {
  std::size_t hint = route.path.size();
  return place(route, s_m, hint);
}

}  // namespace racesim::fleet
