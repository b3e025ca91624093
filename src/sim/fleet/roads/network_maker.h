// Makes a graph of ways: finds junctions, cuts ways there, and decides who stops where.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "sim/fleet/roads/road_network.h"
#include "sim/fleet/roads/road_tags.h"
#include "sim/fleet/roads/signal_cycles.h"

namespace racesim::fleet {

/// A road with one set of properties; at least two points.
struct Way {
  std::vector<GeoPoint> points;
  RoadTags tags;
  bool one_way = false;
};

/// What lies at a point of a way.
struct PointThing {
  GeoPoint place;
  enum class Kind : std::uint8_t { signal, station, trip_place } kind = Kind::signal;
  JunctionCycle cycle;  ///< of a signal
  PlaceKind place_kind = PlaceKind::home;
};

/// Ways meet where they have a point in common, to the seventh decimal of a degree. Errors (usage) begin with
/// `file_name`: a thing that lies on no way, a place from or to which there is no road.
Result<RoadNetwork> make_network(const std::vector<Way>& ways, const std::vector<PointThing>& things,
                                 std::string_view file_name);

}  // namespace racesim::fleet
