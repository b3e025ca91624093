#include "sim/race/track/import/track_geojson.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "sim/race/plan/globe.h"

namespace racesim::race {
namespace {

using Json = nlohmann::json;

/// Maps leave straights without points.
constexpr double kGapMost_m = 3'000;
constexpr double kLongLeg_m = 150;
constexpr double kFillStep_m = 100;
constexpr CentrelineForm kPoints{"point", kLongLeg_m};
/// No road leads farther from the equator.
constexpr double kLatitudeMost_deg = 80;

constexpr const char* kLineHint =
    "give one closed LineString (alone, in a Feature, or as the only one of a FeatureCollection) of "
    "[longitude, latitude]";
constexpr const char* kOrderHint = "GeoJSON has [longitude, latitude]: east of Greenwich first, then north";

struct Degrees {
  double longitude;
  double latitude;
};

std::string type_of(const Json& object) {
  const auto type = object.is_object() ? object.find("type") : object.end();
  return object.is_object() && type != object.end() && type->is_string() ? type->get<std::string>() : "";
}

const Json& member(const Json& object, const char* key) {
  static const Json kNone;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? *found : kNone;
}

/// The lists of positions of all lines in the text, and the lap's length if a Feature tells it.
struct Lines {
  std::vector<const Json*> lines;
  std::string other;  ///< the type of a geometry that is no line
  std::optional<double> length_m;
};

void find_lines(const Json& geometry, Lines& found) {
  const std::string type = type_of(geometry);
  const Json& coordinates = member(geometry, "coordinates");
  if (type == "LineString") {
    found.lines.push_back(&coordinates);
  } else if (type == "MultiLineString" && coordinates.is_array()) {
    for (const Json& line : coordinates) found.lines.push_back(&line);
  } else if (type == "Feature") {
    const std::size_t before = found.lines.size();
    if (const Json& inner = member(geometry, "geometry"); type_of(inner) != "Feature")
      find_lines(inner, found);
    const Json& length = member(member(geometry, "properties"), "length");
    if (found.lines.size() > before && length.is_number()) found.length_m = length.get<double>();
  } else if (type == "GeometryCollection") {
    for (const Json& inner : member(geometry, "geometries"))
      if (type_of(inner) != "GeometryCollection") find_lines(inner, found);
  } else {
    found.other = type;
  }
}

class GeojsonReader {
 public:
  GeojsonReader(std::string_view name, double width_m) : name_(name), width_m_(width_m) {}

  Result<Centreline> read(std::string_view text) {
    Json root;
    try {
      root = Json::parse(text);
    } catch (const Json::parse_error& error) {
      return refuse(fmt::format("not JSON at byte {}", error.byte), kLineHint);
    } catch (const Json::out_of_range&) {
      return refuse("not JSON: a number is beyond what computers count", kLineHint);
    }
    Lines found;
    if (type_of(root) == "FeatureCollection") {
      for (const Json& feature : member(root, "features"))
        if (type_of(feature) == "Feature") find_lines(feature, found);
    } else {
      find_lines(root, found);
    }
    if (found.lines.size() != 1) return refuse(count_fault(found), kLineHint);
    return read_line(*found.lines.front(), found.length_m);
  }

 private:
  static std::string count_fault(const Lines& found) {
    if (found.lines.size() > 1)
      return fmt::format("{} lines, and nothing tells which is the circuit, or how they join",
                         found.lines.size());
    return found.other.empty() ? "no line in it" : fmt::format("a {} is no line", found.other.substr(0, 40));
  }

  Result<Centreline> read_line(const Json& positions, std::optional<double> length_m) {
    std::vector<Degrees> degrees;
    if (!positions.is_array()) return refuse("the line has no list of positions", kLineHint);
    if (positions.size() > kCentrePointsMost)
      return refuse(fmt::format("more than {} points", kCentrePointsMost), "best are points 5 m apart");
    for (const Json& position : positions) {
      const std::size_t number = degrees.size() + 1;
      if (!position.is_array() || position.size() < 2 || !position[0].is_number() || !position[1].is_number())
        return refuse(fmt::format("point {}: not a pair of numbers", number), kLineHint);
      if (position.size() > 2 && position[2].is_number()) heights_m_.push_back(position[2].get<double>());
      degrees.push_back({position[0].get<double>(), position[1].get<double>()});
      if (const std::string why = range_fault(degrees.back()); !why.empty())
        return refuse(fmt::format("point {}: {}", number, why), kOrderHint);
    }
    return make_centreline(degrees, length_m);
  }

  static std::string range_fault(const Degrees& at) {
    const double longitude = std::abs(at.longitude), latitude = std::abs(at.latitude);
    if (longitude <= 180 && latitude <= kLatitudeMost_deg) return {};
    if (longitude <= kLatitudeMost_deg && latitude <= 180)
      return fmt::format("[{}, {}] seems to be [latitude, longitude]; swap them", at.longitude, at.latitude);
    if (longitude <= 180 && latitude <= 90)
      return fmt::format("[{}, {}] lies at a pole", at.longitude, at.latitude);
    return fmt::format("[{}, {}] is not in degrees; is this a map in metres?", at.longitude, at.latitude);
  }

  /// In metres east and north of the first position.
  std::vector<CentrePoint> laid_out(const std::vector<Degrees>& degrees) const {
    std::vector<CentrePoint> points;
    if (degrees.empty()) return points;
    const Globe globe({degrees.front().latitude, degrees.front().longitude});
    for (std::size_t i = 0; i < degrees.size(); ++i)
      add_point(points, {{globe.x_m(degrees[i].longitude), globe.y_m(degrees[i].latitude)},
                         width_m_ / 2,
                         width_m_ / 2,
                         i + 1,
                         heights_m_.size() == degrees.size() ? heights_m_[i] : 0});
    return points;
  }

  Result<Centreline> make_centreline(const std::vector<Degrees>& degrees, std::optional<double> length_m) {
    const std::vector<CentrePoint> given = laid_out(degrees);
    for (std::size_t i = 1; i < given.size(); ++i)
      if (const double gap = distance_m(given[i - 1], given[i]); gap > kGapMost_m)
        return refuse(fmt::format("point {}: {:.0f} m from the point before", given[i].number, gap),
                      "no straight is longer than 3 km; does the line leave something out?");
    std::vector<CentrePoint> points = filled(given);
    if (const Done ok = close_circuit(points, kPoints, name_); !ok) return tl::make_unexpected(ok.error());
    if (length_m && seems_swapped(degrees, points, *length_m))
      return refuse(fmt::format("its \"length\" of {} m fits [latitude, longitude]; swap them", *length_m),
                    kOrderHint);
    const Degrees& first = degrees.front();
    Centreline line{std::move(points), {first.latitude, first.longitude}, {}, false};
    line.notices.push_back(fmt::format("begins at {:.4f} {}, {:.4f} {}", std::abs(first.latitude),
                                       first.latitude < 0 ? "S" : "N", std::abs(first.longitude),
                                       first.longitude < 0 ? "W" : "E"));
    line.notices.push_back(fmt::format("the road is taken to be {} m wide", width_m_));
    line.has_heights = heights_m_.size() == degrees.size();
    if (!heights_m_.empty() && !line.has_heights)
      line.notices.push_back(fmt::format("heights are not used: {} of {} positions have none",
                                         degrees.size() - heights_m_.size(), degrees.size()));
    return line;
  }

  /// Whether the lap has the length that the file tells only after an exchange of the coordinates.
  bool seems_swapped(std::vector<Degrees> degrees, const std::vector<CentrePoint>& points,
                     double length_m) const {
    constexpr double kUnlike = 0.05;
    constexpr double kLike = 0.03;
    for (Degrees& at : degrees) {
      std::swap(at.longitude, at.latitude);
      if (std::abs(at.latitude) > kLatitudeMost_deg) return false;
    }
    const auto off = [&](const std::vector<CentrePoint>& ring) {
      return std::abs(lap_length_m(ring) / length_m - 1);
    };
    return off(points) > kUnlike && off(laid_out(degrees)) < kLike;
  }

  static double lap_length_m(const std::vector<CentrePoint>& ring) {
    double length_m = 0;
    for (std::size_t i = 0; i < ring.size(); ++i)
      length_m += distance_m(ring[i], ring[(i + 1) % ring.size()]);
    return length_m;
  }

  /// With points on long legs: they are straights, which a curve through their ends alone would not keep.
  static std::vector<CentrePoint> filled(const std::vector<CentrePoint>& given) {
    std::vector<CentrePoint> points;
    for (const CentrePoint& end : given) {
      if (!points.empty() && distance_m(points.back(), end) > kLongLeg_m) {
        const CentrePoint begin = points.back();
        const auto parts = static_cast<std::size_t>(std::ceil(distance_m(begin, end) / kFillStep_m));
        for (std::size_t part = 1; part < parts; ++part) {
          const double share = static_cast<double>(part) / static_cast<double>(parts);
          CentrePoint between = end;
          between.place.x = begin.place.x + share * (end.place.x - begin.place.x);
          between.place.y = begin.place.y + share * (end.place.y - begin.place.y);
          between.z_m = begin.z_m + share * (end.z_m - begin.z_m);
          points.push_back(between);
        }
      }
      points.push_back(end);
    }
    return points;
  }

  tl::unexpected<Error> refuse(const std::string& why, const char* hint) const {
    return fail(ErrorKind::master_data, fmt::format("{}: {}", name_, why), hint);
  }

  std::string_view name_;
  double width_m_;
  std::vector<double> heights_m_;  ///< of the positions that have one
};

bool has_word(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

}  // namespace

bool is_geojson(std::string_view text) {
  return !has_word(text, "\"racesim track 1\"") &&
         (has_word(text, "\"coordinates\"") || has_word(text, "\"FeatureCollection\""));
}

Result<Centreline> read_track_geojson(std::string_view text, std::string_view name, double width_m) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return GeojsonReader(name, width_m).read(text);
}

}  // namespace racesim::race
