#include <fmt/format.h>

#include <charconv>

#include "sim/fleet/roads/geojson.h"
#include "sim/fleet/roads/network_maker.h"
#include "sim/fleet/roads/road_network.h"

namespace racesim::fleet {
namespace {

constexpr std::string_view kPlaceKinds[] = {"home", "work", "shop", "depot", "far"};

std::optional<std::uint32_t> whole_number(const GeoFeature& feature, std::string_view name) {
  const std::optional<std::string_view> text = feature.property(name);
  std::uint32_t value = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc())
    return std::nullopt;
  return value;
}

/// What a feature of points is; none: nothing of ours.
std::optional<PointThing> thing_of(const GeoFeature& feature) {
  PointThing thing;
  if (feature.property("highway") == "traffic_signals") {
    thing.cycle = {whole_number(feature, "cycle_s"), whole_number(feature, "red_s"),
                   whole_number(feature, "offset_s")};
    return thing;
  }
  if (feature.property("amenity") == "fuel") {
    thing.kind = PointThing::Kind::station;
    return thing;
  }
  const std::optional<std::string_view> kind = feature.property("trips");
  for (std::size_t i = 0; kind && i < std::size(kPlaceKinds); ++i)
    if (*kind == kPlaceKinds[i]) {
      thing.kind = PointThing::Kind::trip_place;
      thing.place_kind = static_cast<PlaceKind>(i);
      return thing;
    }
  return std::nullopt;
}

}  // namespace

Result<RoadNetwork> RoadNetwork::read(std::string_view geojson, std::string_view file_name) {
  const Result<std::vector<GeoFeature>> features = parse_geojson(geojson, file_name);
  if (!features) return tl::make_unexpected(features.error());
  std::vector<Way> ways;
  std::vector<PointThing> things;
  for (const GeoFeature& feature : *features) {
    const bool is_road = feature.kind == GeometryKind::lines && feature.property("highway");
    if (!is_road && feature.kind != GeometryKind::points) continue;
    if (feature.kind == GeometryKind::points) {
      std::optional<PointThing> thing = thing_of(feature);
      for (const std::vector<GeoPoint>& point : feature.lines) {
        if (!thing) break;
        thing->place = point.front();
        things.push_back(*thing);
      }
      continue;
    }
    const Result<RoadTags> tags = read_road_tags(feature, file_name);
    if (!tags) return tl::make_unexpected(tags.error());
    for (const std::vector<GeoPoint>& line : feature.lines)
      if (line.size() >= 2) ways.push_back({line, *tags, feature.property("oneway") == "yes"});
  }
  if (ways.empty())
    return fail(ErrorKind::usage, fmt::format("{}: has no road", file_name),
                "give roads as LineStrings with the property highway");
  return make_network(ways, things, file_name);
}

}  // namespace racesim::fleet
