#include "sim/fleet/roads/geojson.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <cmath>

namespace racesim::fleet {
namespace {

namespace dom = simdjson::dom;

constexpr const char* kShapeHint =
    "give a FeatureCollection, a Feature, a LineString or a MultiLineString; positions are [longitude, "
    "latitude]";

/// Collections within collections, at most; the parser's own depth ends deeper.
constexpr int kDepthMost = 16;

class GeoReader {
 public:
  explicit GeoReader(std::string_view file_name) : file_(file_name) {}

  Result<std::vector<GeoFeature>> read(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    dom::parser parser;
    dom::element root;
    const simdjson::padded_string padded(text);
    if (const simdjson::error_code code = parser.parse(padded).get(root))
      return complain("", fmt::format("is not JSON: {}", simdjson::error_message(code)));
    dom::object object;
    if (root.get(object)) return complain("", "is JSON, but no object, so no GeoJSON");
    if (const Done done = read_object(object, ""); !done) return tl::make_unexpected(done.error());
    return std::move(features_);
  }

 private:
  tl::unexpected<Error> complain(const std::string& where, const std::string& what) const {
    return fail(ErrorKind::usage, fmt::format("{}: {}{}{}", file_, where, where.empty() ? "" : ": ", what),
                kShapeHint);
  }

  static std::string below(const std::string& where, std::string_view member) {
    return where.empty() ? std::string(member) : fmt::format("{}.{}", where, member);
  }

  Done read_object(dom::object object, const std::string& where) {
    std::string_view type;
    if (object["type"].get(type)) return complain(where, "has no \"type\", so it is no GeoJSON");
    if (type == "FeatureCollection") {
      dom::array list;
      if (object["features"].get(list)) return complain(where, "has no list \"features\"");
      std::size_t index = 0;
      for (const dom::element element : list) {
        const std::string at = below(where, fmt::format("features[{}]", index++));
        dom::object feature;
        if (element.get(feature)) return complain(at, "is no Feature");
        if (const Done done = read_feature(feature, at); !done) return done;
      }
      return {};
    }
    if (type == "Feature") return read_feature(object, where);
    return read_geometry(object, where, {}, 0);
  }

  Done read_feature(dom::object feature, const std::string& where) {
    std::string_view type;
    if (feature["type"].get(type) || type != "Feature") return complain(where, "is no Feature");
    GeoFeature made;
    dom::object properties;
    if (!feature["properties"].get(properties)) read_properties(properties, made);
    dom::element geometry;
    if (feature["geometry"].get(geometry)) return complain(where, "has no \"geometry\"");
    if (geometry.is_null()) return {};
    dom::object object;
    if (geometry.get(object)) return complain(where, "has a \"geometry\" that is no object");
    return read_geometry(object, where, made.properties, 0);
  }

  static void read_properties(dom::object properties, GeoFeature& made) {
    for (const dom::key_value_pair member : properties) {
      std::string text;
      if (member.value.is_string())
        text = std::string(member.value.get_string().value_unsafe());
      else if (member.value.is_int64() || member.value.is_uint64())
        text = simdjson::minify(member.value);
      else if (member.value.is_double())
        text = fmt::format("{}", member.value.get_double().value_unsafe());
      else if (member.value.is_bool())
        text = member.value.get_bool().value_unsafe() ? "yes" : "no";
      else
        continue;
      made.properties.emplace_back(std::string(member.key), std::move(text));
    }
  }

  Done read_geometry(dom::object geometry, const std::string& where,
                     const std::vector<std::pair<std::string, std::string>>& properties, int depth) {
    std::string_view type;
    if (geometry["type"].get(type)) return complain(where, "has a geometry without \"type\"");
    if (type == "GeometryCollection") {
      dom::array list;
      if (depth == kDepthMost) return complain(where, "has collections within collections, too deep");
      if (geometry["geometries"].get(list)) return complain(where, "has no list \"geometries\"");
      std::size_t index = 0;
      for (const dom::element element : list) {
        const std::string at = below(where, fmt::format("geometries[{}]", index++));
        dom::object object;
        if (element.get(object)) return complain(at, "is no geometry");
        if (const Done done = read_geometry(object, at, properties, depth + 1); !done) return done;
      }
      return {};
    }
    const int nesting = nesting_of(type);
    if (nesting < 0) return complain(where, fmt::format("is of type \"{}\", which is no geometry", type));
    GeoFeature made;
    made.where = where;
    made.properties = properties;
    made.kind = type.ends_with("Polygon")  ? GeometryKind::polygons
                : type.ends_with("String") ? GeometryKind::lines
                                           : GeometryKind::points;
    dom::element coordinates;
    if (geometry["coordinates"].get(coordinates)) return complain(where, "has no \"coordinates\"");
    if (const Done done = read_positions(coordinates, nesting, where, made); !done) return done;
    features_.push_back(std::move(made));
    return {};
  }

  /// How many lists lie around a position, or −1.
  static int nesting_of(std::string_view type) {
    if (type == "Point") return 0;
    if (type == "MultiPoint" || type == "LineString") return 1;
    if (type == "MultiLineString" || type == "Polygon") return 2;
    return type == "MultiPolygon" ? 3 : -1;
  }

  Done read_positions(dom::element element, int nesting, const std::string& where, GeoFeature& made) {
    if (nesting == 0) {
      made.lines.emplace_back();
      return read_position(element, where, made.lines.back());
    }
    dom::array list;
    if (element.get(list))
      return complain(where, "has \"coordinates\" that are not nested as its type wants");
    if (nesting == 1 && made.kind != GeometryKind::points) {
      made.lines.emplace_back();
      for (const dom::element position : list)
        if (const Done done = read_position(position, where, made.lines.back()); !done) return done;
      return {};
    }
    if (nesting == 2 && made.kind == GeometryKind::polygons && list.size() > 1) made.holes += list.size() - 1;
    for (const dom::element part : list)
      if (const Done done = read_positions(part, nesting - 1, where, made); !done) return done;
    return {};
  }

  Done read_position(dom::element element, const std::string& where, std::vector<GeoPoint>& line) const {
    dom::array numbers;
    double values[2] = {0, 0};
    std::size_t count = 0;
    if (!element.get(numbers))
      for (const dom::element number : numbers) {
        double value = 0;
        if (number.get(value))
          return complain(where, fmt::format("position {}: not all are numbers", line.size() + 1));
        if (count < 2) values[count] = value;
        ++count;
      }
    if (count < 2)
      return complain(where, fmt::format("position {} is not a list of two numbers", line.size() + 1));
    line.push_back({values[1], values[0]});
    return {};
  }

  std::string_view file_;
  std::vector<GeoFeature> features_;
};

}  // namespace

std::optional<std::string_view> GeoFeature::property(std::string_view name) const {
  for (const auto& [key, value] : properties)
    if (key == name) return value;
  return std::nullopt;
}

Result<std::vector<GeoFeature>> parse_geojson(std::string_view text, std::string_view file_name) {
  return GeoReader(file_name).read(text);
}

}  // namespace racesim::fleet
