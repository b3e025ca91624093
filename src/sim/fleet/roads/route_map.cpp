#include "sim/fleet/roads/route_map.h"

#include <fmt/format.h>

#include <iterator>
#include <vector>

#include "sim/fleet/roads/geojson.h"
#include "sim/fleet/roads/road_tags.h"

namespace racesim::fleet {
namespace {

struct TypeWords {
  std::string_view name, highway;
};
/// By RoadType.
constexpr TypeWords kTypeWords[] = {
    {"urban", "primary"}, {"rural", "primary"}, {"expressway", "trunk"}, {"highway", "motorway"}};

void append_line(const std::vector<GeoPoint>& line, std::string& out) {
  char before = '[';
  for (const GeoPoint& point : line) {
    fmt::format_to(std::back_inserter(out), "{}[{:.6f},{:.6f}]", before, point.longitude_deg,
                   point.latitude_deg);
    before = ',';
  }
  out += ']';
}

void append_feature(const GeoFeature& feature, const RoadTags& tags, std::string& out) {
  const TypeWords& words = kTypeWords[static_cast<std::size_t>(tags.type)];
  fmt::format_to(
      std::back_inserter(out),
      R"({{"type":"Feature","properties":{{"highway":"{}","road_type":"{}","speed_limit_kmh":{}}},)"
      R"("geometry":{{"type":"MultiLineString","coordinates":)",
      words.highway, words.name, tags.limit_kmh);
  char before = '[';
  for (const std::vector<GeoPoint>& line : feature.lines) {
    if (line.empty()) continue;
    out += before;
    append_line(line, out);
    before = ',';
  }
  out += before == '[' ? "[]}}" : "]}}";
}

}  // namespace

std::string map_of_routes(std::string_view text) {
  std::string out = R"({"type":"FeatureCollection","features":[)";
  const bool is_drawn = text.size() <= kDrawnRoutesMost_bytes;
  bool is_first = true;
  if (const auto features = is_drawn ? parse_geojson(text, "") : std::vector<GeoFeature>{})
    for (const GeoFeature& feature : *features) {
      if (feature.kind != GeometryKind::lines) continue;
      const Result<RoadTags> tags = read_road_tags(feature, "");
      if (!tags) continue;  // a run with such a file does not begin
      if (!is_first) out += ',';
      is_first = false;
      append_feature(feature, *tags, out);
    }
  return out + "]}";
}

}  // namespace racesim::fleet
