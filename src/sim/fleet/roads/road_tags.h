// What properties of a feature say of a road: the words of OpenStreetMap, and our own.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "sim/fleet/roads/geojson.h"
#include "sim/fleet/roads/road_network.h"
#include "sim/fleet/roads/route.h"

namespace racesim::fleet {

struct RoadTags {
  RoadType type = RoadType::urban;
  std::uint16_t limit_kmh = 50;
  RoadClass road_class = RoadClass::residential;
};

inline constexpr int kLimitLeast_kmh = 5;
inline constexpr int kLimitMost_kmh = 160;

/// Reads `speed_limit_kmh` or `maxspeed` ("50", "30 mph", "none"), `road_type` (urban, rural, expressway,
/// highway) or `highway` (motorway, trunk, primary … residential). What is missing follows from the other: a
/// limit up to 60 km/h is urban, up to 90 rural, up to 120 expressway; types have 50, 90, 120 and 140 km/h.
/// Nothing given: urban, 50 km/h. Errors (usage) begin with `file_name` and the feature and name the
/// property.
Result<RoadTags> read_road_tags(const GeoFeature& feature, std::string_view file_name);

}  // namespace racesim::fleet
