// GeoJSON (RFC 7946) as a list of features: geometries flattened, properties as texts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "sim/fleet/roads/geo.h"

namespace racesim::fleet {

/// What a geometry is made of. A multi-geometry is the same with more lines.
enum class GeometryKind : std::uint8_t { points, lines, polygons };

struct GeoFeature {
  std::string where;  ///< "features[3]", for errors
  GeometryKind kind = GeometryKind::points;
  std::vector<std::vector<GeoPoint>> lines;  ///< points: one each; polygons: their rings
  std::size_t holes = 0;                     ///< of polygons
  std::vector<std::pair<std::string, std::string>>
      properties;  ///< texts, numbers and true/false; others left out

  std::optional<std::string_view> property(std::string_view name) const;
};

/// The features of a FeatureCollection, a Feature, or a bare geometry, in the order of the text; geometry
/// collections are taken apart. Heights are left out. Errors (usage) begin with `file_name` and say where:
/// not JSON, not GeoJSON, a position that is not at least two numbers. Positions may lie off the globe.
Result<std::vector<GeoFeature>> parse_geojson(std::string_view text, std::string_view file_name);

}  // namespace racesim::fleet
