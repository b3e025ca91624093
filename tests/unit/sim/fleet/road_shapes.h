// Lines and GeoJSON texts that tests of roads share, and how far a place is off a line.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "base/random.h"
#include "sim/fleet/roads/route_maker.h"

namespace racesim::fleet::road_test {

inline constexpr GeoPoint kSomewhere{48.1, 11.6};

/// Metres from `place` to the nearest point of the line.
template <class Points>
double off_line_m(const Points& line, GeoPoint place) {
  const Plane plane(place);
  double nearest_m = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const Vec a = plane.to_plane(line[i]);
    const Vec along = plane.to_plane(line[i + 1]) - a;
    const double share =
        dot(along, along) > 0 ? std::clamp(-dot(a, along) / dot(along, along), 0.0, 1.0) : 0.0;
    nearest_m = std::min(nearest_m, length_m(a + share * along));
  }
  return nearest_m;
}

inline std::vector<GeoPoint> places_of(const std::vector<LinePoint>& line) {
  std::vector<GeoPoint> places;
  for (const LinePoint& point : line) places.push_back(point.place);
  return places;
}

/// A line of corners of all sizes, with limits, types, lights, lines to give way at, and stations.
inline std::vector<LinePoint> random_line(std::uint64_t seed, std::size_t count) {
  const StreamKey key = stream_key(seed, "test.line", 0);
  std::uint64_t at = 0;
  const auto next = [&] { return unit(draw(key, at++)); };
  constexpr GeoPoint kOrigins[] = {kSomewhere, {-33.9, 151.2}, {69.6, -18.9}};
  const Plane plane(kOrigins[seed % std::size(kOrigins)]);
  Vec place;
  Vec ahead{1, 0};
  std::vector<LinePoint> line;
  for (std::size_t i = 0; i < count; ++i) {
    LinePoint point{plane.to_globe(place)};
    point.limit_kmh = static_cast<std::uint16_t>(30 + 10 * below(draw(key, at++), 12));
    point.type = static_cast<RoadType>(below(draw(key, at++), 4));
    point.mark = static_cast<Mark>(below(draw(key, at++), 4));
    point.signal = static_cast<std::uint32_t>(i);
    line.push_back(point);
    Vec turned{ahead.x_m + 1.2 * (next() - 0.5), ahead.y_m + 1.2 * (next() - 0.5)};
    if (next() < 0.1) turned = {-ahead.y_m, ahead.x_m};
    if (next() < 0.03) turned = {-ahead.x_m, -ahead.y_m};
    ahead = (1 / length_m(turned)) * turned;
    const double draw_step = next();
    place = place + (0.02 + 900 * draw_step * draw_step * draw_step) * ahead;
  }
  return line;
}

/// `[lon,lat],…` of places.
inline std::string positions(const std::vector<GeoPoint>& places) {
  std::string text;
  for (const GeoPoint& place : places)
    text +=
        fmt::format("{}[{:.7f},{:.7f}]", text.empty() ? "" : ",", place.longitude_deg, place.latitude_deg);
  return text;
}

inline std::string feature(const std::string& type, const std::string& coordinates,
                           const std::string& properties = "") {
  return fmt::format(
      R"({{"type":"Feature","properties":{{{}}},"geometry":{{"type":"{}","coordinates":{}}}}})", properties,
      type, coordinates);
}

inline std::string collection(const std::vector<std::string>& features) {
  std::string text;
  for (const std::string& one : features) text += (text.empty() ? "" : ",\n") + one;
  return fmt::format(R"({{"type":"FeatureCollection","features":[{}]}})", text);
}

}  // namespace racesim::fleet::road_test
