#include "sim/fleet/roads/route_file.h"

#include <fmt/format.h>

#include <cmath>

#include "sim/fleet/roads/geojson.h"
#include "sim/fleet/roads/road_tags.h"
#include "sim/fleet/roads/route_maker.h"
#include "sim/fleet/roads/route_marks.h"

namespace racesim::fleet {
namespace {

constexpr const char* kLineHint =
    "give a LineString or a MultiLineString whose positions are [longitude, latitude] along the road";
/// Features join if one begins so near to the end of the one before.
constexpr double kFeatureGapMost_m = 1;

std::string place_text(GeoPoint place) {
  return fmt::format("longitude {:.6f}, latitude {:.6f}", place.longitude_deg, place.latitude_deg);
}

class RouteFileReader {
 public:
  explicit RouteFileReader(std::string_view file_name) : file_(file_name) {}

  Result<FileRoutes> read(std::string_view text) {
    const Result<std::vector<GeoFeature>> features = parse_geojson(text, file_);
    if (!features) return tl::make_unexpected(features.error());
    for (const GeoFeature& feature : *features)
      if (const Done done = read_feature(feature); !done) return tl::make_unexpected(done.error());
    if (lines_.empty()) return complain("", "holds no line", kLineHint);
    if (lines_.size() > kFileLinesMost)
      return complain("", fmt::format("holds {} routes, more than {}", lines_.size(), kFileLinesMost),
                      "cut it into several files");
    return make();
  }

 private:
  struct Line {
    std::string where;
    std::vector<LinePoint> points;
  };

  tl::unexpected<Error> complain(const std::string& where, const std::string& what, const char* hint) const {
    return fail(ErrorKind::usage, fmt::format("{}: {}{}{}", file_, where, where.empty() ? "" : ": ", what),
                hint);
  }

  Done read_feature(const GeoFeature& feature) {
    for (const std::vector<GeoPoint>& part : feature.lines)
      for (const GeoPoint& point : part)
        if (const Done done = check_position(feature, point); !done) return done;
    if (feature.kind == GeometryKind::polygons)
      return complain(feature.where,
                      feature.holes > 0 ? "is a polygon with a hole, and a route is a line"
                                        : "is a polygon, and a route is a line",
                      kLineHint);
    if (feature.kind == GeometryKind::points) {
      read_marks(feature);
      return {};
    }
    return read_line(feature);
  }

  Done check_position(const GeoFeature& feature, GeoPoint point) const {
    const bool is_latitude = std::abs(point.latitude_deg) <= 90;
    if (is_latitude && std::abs(point.longitude_deg) <= 180) return {};
    if (!is_latitude && std::abs(point.latitude_deg) <= 180 && std::abs(point.longitude_deg) <= 90)
      return complain(feature.where,
                      fmt::format("[{}, {}] has the latitude {}, and none is beyond 90: are longitude and "
                                  "latitude swapped?",
                                  point.longitude_deg, point.latitude_deg, point.latitude_deg),
                      "GeoJSON has the longitude first");
    return complain(feature.where,
                    fmt::format("[{}, {}] is no place on the globe", point.longitude_deg, point.latitude_deg),
                    "longitudes reach from -180 to 180, latitudes from -90 to 90, in degrees");
  }

  void read_marks(const GeoFeature& feature) {
    const bool is_signal = feature.property("highway") == "traffic_signals";
    if (!is_signal && feature.property("amenity") != "fuel") return;
    for (const std::vector<GeoPoint>& point : feature.lines)
      marks_.push_back({point.front(), is_signal ? Mark::signal : Mark::station, {}});
  }

  Done read_line(const GeoFeature& feature) {
    const Result<RoadTags> tags = read_road_tags(feature, file_);
    if (!tags) return tl::make_unexpected(tags.error());
    Line line{feature.where, {}};
    for (const std::vector<GeoPoint>& part : feature.lines) {
      bool is_first = true;
      for (const GeoPoint& point : part) {
        const bool is_join = is_first && !line.points.empty();
        is_first = false;
        if (!line.points.empty())
          if (const Done done = check_step(feature.where, line.points.back().place, point, is_join); !done)
            return done;
        add(line.points, {point, tags->limit_kmh, tags->type, Mark::none, 0});
      }
    }
    if (line.points.empty()) return complain(feature.where, "is a line without points", kLineHint);
    if (joins_last(line.points.front().place)) {
      lines_.back().points.back().limit_kmh = tags->limit_kmh;
      lines_.back().points.back().type = tags->type;
      for (const LinePoint& point : line.points) add(lines_.back().points, point);
      return {};
    }
    lines_.push_back(std::move(line));
    return {};
  }

  static void add(std::vector<LinePoint>& points, const LinePoint& point) {
    if (points.empty() || distance_m(points.back().place, point.place) > kSamePlace_m)
      points.push_back(point);
  }

  bool joins_last(GeoPoint begin) const {
    return !lines_.empty() && distance_m(lines_.back().points.back().place, begin) <= kFeatureGapMost_m;
  }

  Done check_step(const std::string& where, GeoPoint from, GeoPoint to, bool is_join) const {
    if (std::abs(from.longitude_deg - to.longitude_deg) > 180)
      return complain(where, fmt::format("crosses the date line behind {}", place_text(from)),
                      "give a route on one side of it");
    const double step_m = distance_m(from, to);
    if (is_join && step_m > kPartGapMost_m)
      return complain(
          where,
          fmt::format("jumps {:.0f} m from the end of one part at {} to the begin of the next at {}", step_m,
                      place_text(from), place_text(to)),
          "order the parts so that they join end to end, or make each one a feature of its own");
    if (step_m >= kPointGapMost_m)
      return complain(
          where,
          fmt::format("jumps {:.1f} km from {} to {}", step_m / 1000, place_text(from), place_text(to)),
          "give points along the road, less than 5 km apart");
    return {};
  }

  Result<FileRoutes> make() {
    FileRoutes made;
    RouteMarks marks(std::move(marks_));
    for (const Line& line : lines_) {
      if (line.points.size() < 2)
        return complain(line.where,
                        fmt::format("has one point, at {}; a route leads from one place to another",
                                    place_text(line.points.front().place)),
                        kLineHint);
      double length_m = 0;
      for (std::size_t i = 1; i < line.points.size(); ++i)
        length_m += distance_m(line.points[i - 1].place, line.points[i].place);
      if (length_m < kRouteLeast_m)
        return complain(line.where,
                        fmt::format("is {:.0f} m long, less than {:.0f} m", length_m, kRouteLeast_m),
                        "give a longer route");
      const std::vector<LinePoint> laid = marks.lay(line.points);
      FileLine& routes = made.lines.emplace_back();
      routes.there = make_route(laid);
      routes.back = make_route(reversed(laid));
      routes.is_closed = distance_m(laid.front().place, laid.back().place) <= kSamePlace_m;
    }
    made.signals = marks.take_signals();
    return made;
  }

  std::string_view file_;
  std::vector<Line> lines_;
  std::vector<GivenMark> marks_;
};

}  // namespace

Result<FileRoutes> read_route_file(std::string_view text, std::string_view file_name) {
  return RouteFileReader(file_name).read(text);
}

}  // namespace racesim::fleet
