#include "sim/race/track/heights.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "sim/race/track/import/spline.h"

namespace racesim::race {
namespace {

Spline heights_of(const Track& track) {
  const std::size_t count = track.points.size();
  std::vector<double> knots, values;
  for (std::size_t i = 0; i <= count; ++i)
    knots.push_back(track.length_m * static_cast<double>(i) / static_cast<double>(count));
  for (const TrackPoint& point : track.points) values.push_back(point.z_m);
  return Spline::closed(std::move(knots), std::move(values));
}

/// Of a way that gains `stretch` metres of s per metre.
Terrain terrain_of(const Spline::Sample& height, double stretch) {
  const double slope = height.slope * stretch;
  const double level = 1 / std::sqrt(1 + slope * slope);
  return {slope * level, level, height.bend * stretch * stretch * level * level * level};
}

}  // namespace

void raise(Path& path, const Track& track) {
  if (!track.has_heights) return;
  const Spline heights = heights_of(track);
  const std::size_t last = path.cells();
  for (std::size_t i = 0; i <= last; ++i) {
    const std::size_t before = i > 0 ? i - 1 : 0, after = i < last ? i + 1 : last;
    const double stretch =
        (path.s_m[after] - path.s_m[before]) / (path.step_m * static_cast<double>(after - before));
    const double s_m = path.s_m[i] - track.length_m * std::floor(path.s_m[i] / track.length_m);
    const Spline::Sample height = heights.at(s_m);
    path.z_m.push_back(height.value);
    path.terrain.push_back(terrain_of(height, stretch));
  }
  if (path.closed) {
    path.z_m.back() = path.z_m.front();
    path.terrain.back() = path.terrain.front();
  }
}

std::vector<Terrain> terrain_of_points(const Track& track) {
  std::vector<Terrain> terrain;
  if (!track.has_heights) return terrain;
  const Spline heights = heights_of(track);
  const double step_m = track.length_m / static_cast<double>(track.points.size());
  for (std::size_t i = 0; i < track.points.size(); ++i)
    terrain.push_back(terrain_of(heights.at(step_m * static_cast<double>(i)), 1));
  return terrain;
}

Steepest steepest_slope(const Track& track) {
  Steepest found;
  const std::vector<Terrain> terrain = terrain_of_points(track);
  for (std::size_t i = 0; i < terrain.size(); ++i) {
    const double slope = terrain[i].climb / terrain[i].level;
    if (std::abs(slope) <= std::abs(found.slope)) continue;
    found = {slope, track.length_m * static_cast<double>(i) / static_cast<double>(terrain.size())};
  }
  return found;
}

Result<double> parse_altitude(std::string_view text) {
  double metres = 0;
  const auto [end, failure] =
      std::from_chars(text.data(), text.data() + text.size(), metres, std::chars_format::fixed);
  const bool whole = failure == std::errc() && end == text.data() + text.size();
  // from_chars knows "inf" and "nan"; the comparison refuses them.
  if (!whole || !(metres >= kAltitudeLeast_m && metres <= kAltitudeMost_m))
    return fail(
        ErrorKind::usage,
        fmt::format("'{}' is not a height from {} to {} metres", text, kAltitudeLeast_m, kAltitudeMost_m),
        "example: 2240");
  return metres;
}

}  // namespace racesim::race
