// A user's routes: a GeoJSON file, longitude first as GeoJSON has it. docs/formats/roads.md describes it.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "sim/fleet/roads/route.h"
#include "sim/fleet/roads/signal.h"

namespace racesim::fleet {

struct FileLine {
  Route there;
  Route back;              ///< the same road from its end; of a closed line the other way round
  bool is_closed = false;  ///< ends where it begins
};

struct FileRoutes {
  std::vector<FileLine> lines;  ///< in the order of the file
  std::vector<Signal> signals;  ///< by Stop::signal; routes that meet the same light share it
};

/// No route is shorter; parts of a line and its points are no farther apart than these.
inline constexpr double kRouteLeast_m = 100;
inline constexpr double kPartGapMost_m = 50;
inline constexpr double kPointGapMost_m = 5'000;
inline constexpr std::size_t kFileLinesMost = 10'000;

/// Reads LineStrings and MultiLineStrings with their properties (road_tags.h). The parts of a MultiLineString
/// join end to end; so do features that follow one another if one begins where the last ended, so that a
/// limit can change on the way. Lights are points with highway=traffic_signals within 20 m of a route,
/// stations points with amenity=fuel. A file without lights has made-up ones on its urban roads, where routes
/// meet the same ones; one without stations some on each route above 4 km. Errors (usage) begin with
/// `file_name` and the feature, and name the place: not GeoJSON, a polygon, swapped coordinates, one point, a
/// jump, too short, a limit or a type that is none.
Result<FileRoutes> read_route_file(std::string_view text, std::string_view file_name);

}  // namespace racesim::fleet
