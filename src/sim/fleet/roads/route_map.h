// A user's routes as pages draw them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace racesim::fleet {

/// A longer file is not drawn: it is read while somebody waits for the answer.
inline constexpr std::size_t kDrawnRoutesMost_bytes = 4 << 20;

/// GeoJSON (RFC 7946) of the lines of a route file that read_route_file() takes: each feature with
/// `highway` (motorway, trunk, primary: how wide it is drawn), `road_type` and `speed_limit_kmh`. Without
/// features where the text is too long, or no route file.
std::string map_of_routes(std::string_view text);

}  // namespace racesim::fleet
