#include "sim/race/track/import/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "sim/race/track/curve.h"
#include "sim/race/track/heights.h"
#include "sim/race/track/import/centreline.h"
#include "sim/race/track/import/fast_line.h"
#include "sim/race/track/import/overlap.h"
#include "sim/race/track/import/places.h"
#include "sim/race/track/import/track_csv.h"
#include "sim/race/track/import/track_geojson.h"
#include "sim/race/track/track_file.h"
#include "sim/race/track/ways.h"

namespace racesim::race {
namespace {

constexpr double kPointStep_m = 5;
/// Hairpins sharper than this need closer points.
constexpr double kSharp_1pm = 0.05;
constexpr double kSharpStep_m = 3;
constexpr double kMargin_m = 1;
/// Sources have kinks from point to point; bends of a road are longer than this.
constexpr double kSmooth_m = 8;

/// Chord lengths from the first point to each, and to the first again.
std::vector<double> chords(const std::vector<CentrePoint>& points) {
  std::vector<double> knots{0};
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Vec a = points[i].place;
    const Vec b = points[(i + 1) % points.size()].place;
    knots.push_back(knots.back() + std::sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)));
  }
  return knots;
}

/// The curve through the places, which lie about a metre apart, over its own length: the parameter ends up at
/// the length to a few parts in a million.
Curve over_length(const Path& path, const std::vector<double>& x, const std::vector<double>& y) {
  std::vector<double> knots;
  std::vector<Vec> places;
  for (std::size_t i = 0; i <= path.cells(); ++i) {
    knots.push_back(path.step_m * static_cast<double>(i));
    if (i < path.cells()) places.push_back({x[i], y[i]});
  }
  return Curve::closed(std::move(knots), places);
}

Path smoothed(const Curve& raw) {
  const Path path = lay_out(raw, raw.begin(), raw.end(), true);
  const auto ring = [&](const std::vector<double>& values) {
    return smooth_closed({values.begin(), values.end() - 1}, kSmooth_m / path.step_m);
  };
  const Curve curve = over_length(path, ring(path.x_m), ring(path.y_m));
  return lay_out(curve, curve.begin(), curve.end(), true);
}

/// Half-widths at the share `share` of the way round, linear between the source's points, and where the road
/// bends so sharply that its inner edge would fold, only up to there.
TrackPoint point_at(const std::vector<CentrePoint>& points, const std::vector<double>& knots, double share,
                    const Curve::Sample& at) {
  constexpr double kFold = 0.8;
  const double chord = share * knots.back();
  const auto above = std::upper_bound(knots.begin() + 1, knots.end() - 1, chord);
  const auto left = static_cast<std::size_t>(above - knots.begin()) - 1;
  const CentrePoint& a = points[left];
  const CentrePoint& b = points[(left + 1) % points.size()];
  const double part = (chord - knots[left]) / (knots[left + 1] - knots[left]);
  TrackPoint point{at.place.x,
                   at.place.y,
                   a.right_m + part * (b.right_m - a.right_m),
                   a.left_m + part * (b.left_m - a.left_m),
                   0,
                   a.z_m + part * (b.z_m - a.z_m)};
  if (at.curvature_1pm > 0) point.left_m = std::min(point.left_m, kFold / at.curvature_1pm);
  if (at.curvature_1pm < 0) point.right_m = std::min(point.right_m, -kFold / at.curvature_1pm);
  return point;
}

/// Heights come in steps of a decimetre or a metre, which a car would feel as bumps.
void smooth_heights(Track& track) {
  constexpr double kRange_m = 20;
  std::vector<double> z;
  for (const TrackPoint& point : track.points) z.push_back(point.z_m);
  z = smooth_closed(z, kRange_m * static_cast<double>(z.size()) / track.length_m);
  for (std::size_t i = 0; i < z.size(); ++i) track.points[i].z_m = z[i];
}

/// Widths jump in the sources; a line that touches the edge would have their kinks.
void soften_edges(Track& track) {
  constexpr double kRange_m = 12;
  std::vector<double> right, left;
  for (const TrackPoint& point : track.points) {
    right.push_back(point.right_m);
    left.push_back(point.left_m);
  }
  const double steps = kRange_m * static_cast<double>(track.points.size()) / track.length_m;
  right = smooth_closed(right, steps);
  left = smooth_closed(left, steps);
  for (std::size_t i = 0; i < track.points.size(); ++i) {
    track.points[i].right_m = std::max(right[i], 0.5);
    track.points[i].left_m = std::max(left[i], 0.5);
  }
}

Track lay_points(const Centreline& centreline) {
  const std::vector<CentrePoint>& source = centreline.points;
  const std::vector<double> knots = chords(source);
  std::vector<Vec> places;
  for (const CentrePoint& point : source)
    places.push_back({point.place.x - source.front().place.x, point.place.y - source.front().place.y});
  const Path path = smoothed(Curve::closed(knots, places));
  const Curve curve = over_length(path, path.x_m, path.y_m);
  Track track;
  track.length_m = path.length_m();
  double sharpest = 0;
  for (const double curvature : path.curvature_1pm) sharpest = std::max(sharpest, std::abs(curvature));
  const double step = sharpest > kSharp_1pm ? kSharpStep_m : kPointStep_m;
  const auto count = static_cast<std::size_t>(std::ceil(track.length_m / step));
  for (std::size_t i = 0; i < count; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(count);
    track.points.push_back(point_at(source, knots, share, curve.at(share * track.length_m)));
  }
  soften_edges(track);
  track.has_heights = centreline.has_heights;
  if (track.has_heights) smooth_heights(track);
  return track;
}

/// Where the driven line bends more sharply than any car can, as it does on a centreline of loops and kinks.
Done check_bends(const Track& track, std::string_view name) {
  constexpr double kSharpest_1pm = 0.2;
  const Path line = racing_line(track);
  for (std::size_t i = 0; i < line.s_m.size(); ++i)
    if (!(std::abs(line.curvature_1pm[i]) < kSharpest_1pm))
      return fail(ErrorKind::master_data,
                  fmt::format("{}: bends with a radius of {:.1f} m at {:.0f} m of the lap", name,
                              1 / std::abs(line.curvature_1pm[i]), line.s_m[i]),
                  "cars need 5 m; check the order of the points there, and that they are metres");
  return {};
}

Done check_heights(const Track& track, std::string_view name) {
  const Steepest steepest = steepest_slope(track);
  if (std::abs(steepest.slope) <= kSteepest) return {};
  return fail(
      ErrorKind::master_data,
      fmt::format("{}: {} {:.0f} % at {:.0f} m of the lap", name, steepest.slope > 0 ? "climbs" : "falls by",
                  100 * std::abs(steepest.slope), steepest.s_m),
      "heights are metres, and roads are not steeper than 35 %; check the column, or leave it out");
}

/// What people should know of the heights.
std::string heights_notice(const Track& track) {
  const auto [low, high] = std::minmax_element(track.points.begin(), track.points.end(),
                                               [](const auto& a, const auto& b) { return a.z_m < b.z_m; });
  return fmt::format("heights from {:.1f} to {:.1f} m, slopes up to {:.1f} %", low->z_m, high->z_m,
                     100 * std::abs(steepest_slope(track).slope));
}

}  // namespace

Result<Track> import_track(std::string_view text, std::string_view name, const ImportOptions& options) {
  if (options.width_m && !is_geojson(text))
    return fail(ErrorKind::master_data, fmt::format("{}: has widths of its own", name),
                "a width is for GeoJSON: leave --width out");
  const Result<Centreline> source =
      is_geojson(text) ? read_track_geojson(text, name, options.width_m.value_or(kRoadWidth_m))
                       : read_track_csv(text, name);
  if (!source) return tl::make_unexpected(source.error());
  if (options.notices != nullptr) *options.notices = source->notices;
  Track track = lay_points(*source);
  track.altitude_m = options.altitude_m;
  if (const Done ok = check_heights(track, name); !ok) return tl::make_unexpected(ok.error());
  if (track.has_heights && options.notices != nullptr) options.notices->push_back(heights_notice(track));
  track.anchor = source->anchor;
  track.name = name;
  track.title = name;
  if (const std::optional<Overlap> overlap = find_overlap(track))
    return fail(
        ErrorKind::master_data,
        fmt::format("{}: runs back over itself: the road at {:.0f} m is on top of the road at {:.0f} m", name,
                    overlap->s_m, overlap->other_s_m),
        "give each part of the lap once; a crossing at an angle is taken as a bridge");
  const CarModel car;
  const std::vector<double> line = fast_line(track, car, kMargin_m);
  for (std::size_t i = 0; i < line.size(); ++i) track.points[i].line_left_m = line[i];
  if (const Done bends = check_bends(track, name); !bends) return tl::make_unexpected(bends.error());
  find_places(track, car);
  const Done checked = check_track(track, name);
  if (!checked) return tl::make_unexpected(checked.error());
  return track;
}

}  // namespace racesim::race
