// A way that a vehicle drives, from standstill to standstill: where it lies, and what a driver has to mind on
// it. Flat arrays over s, the distance from its beginning in metres.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/fleet.h"
#include "sim/fleet/roads/geo.h"

namespace racesim::fleet {

/// A vertex; between two of them the way is straight.
struct PathPoint {
  double s_m;
  double latitude_deg;
  double longitude_deg;
};

/// Reaches to the next one's begin, or to the route's end.
struct Stretch {
  double begin_m;
  std::uint16_t limit_kmh;
  RoadType type;
};

/// A curve that a driver may have to be slower for. A turn at a junction is one too.
struct Bend {
  double begin_m;
  double end_m;
  double radius_m;  ///< that a driver takes it with, 5 to 300
};

enum class StopKind : std::uint8_t { signal, give_way };

/// A line before which a driver may have to stop.
struct Stop {
  double s_m;
  StopKind kind;
  std::uint32_t signal;  ///< RoutePool::signal(); 0 of other kinds
};

/// Immutable once made; shared by all vehicles that drive it.
struct Route {
  std::uint32_t from = 0;  ///< places of the pool
  std::uint32_t to = 0;
  std::vector<PathPoint> path;     ///< s ascending, first 0, last the length; at least two
  std::vector<Stretch> stretches;  ///< ascending, first begin 0
  std::vector<Bend> bends;         ///< ascending, disjoint
  std::vector<Stop> stops;         ///< ascending, at least kStopGap_m apart and from both ends
  std::vector<double>
      stations_m;             ///< fuel stations beside the road; ascending, kStationGap_m from ends and stops
  double first_street_m = 0;  ///< of the place's own street, which routes to and from it share: where a
  double last_street_m = 0;   ///< vehicle may stand. 0: at the very end only

  double length_m() const { return path.back().s_m; }
};

inline constexpr double kStopGap_m = 15;

/// How far a station lies from ends and stops at least, where `limit_kmh` holds: a vehicle can brake and
/// gather speed between them at 1 m/s².
constexpr double station_gap_m(std::uint16_t limit_kmh) {
  const double limit_mps = limit_kmh / 3.6;
  return 15 + limit_mps * limit_mps / 2;
}

/// The place at `s_m`, which is clamped to the route.
GeoPoint place(const Route& route, double s_m);

/// The same in constant time for places that follow one another: `hint` is the index of the vertex before,
/// kept by the caller, 0 to begin with. Any value gives the right place, near ones the sooner.
GeoPoint place(const Route& route, double s_m, std::size_t& hint);

}  // namespace racesim::fleet
