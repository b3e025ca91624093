// Makes routes of lines: rounds corners, finds the bends, and lays lines to stop at and stations along the
// way.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/fleet/roads/route.h"

namespace racesim::fleet {

/// What lies at a point of a line.
enum class Mark : std::uint8_t { none, signal, give_way, station };

/// A point of a line; limit and type are those of the road behind it.
struct LinePoint {
  GeoPoint place;
  std::uint16_t limit_kmh = 50;
  RoadType type = RoadType::urban;
  Mark mark = Mark::none;
  std::uint32_t signal = 0;
};

/// No rounded corner leaves the line farther than this.
inline constexpr double kOffLineMost_m = 0.8;

/// Points nearer to one another are one.
inline constexpr double kSamePlace_m = 0.05;

/// The route along a line that has two places at least (see length of the line: kRouteLeast_m). Marks too
/// near to the ends or to one another (kStopGap_m, station_gap_m()) are left out. `first_street_m` and
/// `last_street_m` are passed on.
Route make_route(std::span<const LinePoint> line, double first_street_m = 0, double last_street_m = 0);

/// The line from its end to its begin: limits and types move to the other end of their segments. Signals are
/// left as they are: both directions of a road meet the same light.
std::vector<LinePoint> reversed(std::span<const LinePoint> line);

}  // namespace racesim::fleet
