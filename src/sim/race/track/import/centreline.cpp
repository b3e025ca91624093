#include "sim/race/track/import/centreline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace racesim::race {
namespace {

constexpr std::size_t kLinePointsLeast = 10;
constexpr double kOpenEnd_m = 20;
constexpr double kOpenEndSteps = 1.5;
constexpr double kSame_m = 0.1;
constexpr double kLengthLeast_m = 200;
constexpr double kLengthMost_m = 50'000;

tl::unexpected<Error> no_circuit(std::string_view name, const std::string& why, std::string hint) {
  return fail(ErrorKind::master_data, fmt::format("{}: {}", name, why), std::move(hint));
}

}  // namespace

double distance_m(const CentrePoint& a, const CentrePoint& b) {
  const double dx = a.place.x - b.place.x;
  const double dy = a.place.y - b.place.y;
  return std::sqrt(dx * dx + dy * dy);
}

bool add_point(std::vector<CentrePoint>& points, const CentrePoint& point) {
  if (!points.empty() && distance_m(points.back(), point) < kSame_m) return true;
  if (points.size() == kCentrePointsMost) return false;
  points.push_back(point);
  return true;
}

Done close_circuit(std::vector<CentrePoint>& points, const CentrelineForm& form, std::string_view name) {
  const bool closed = points.size() > 1 && distance_m(points.front(), points.back()) < kSame_m;
  if (closed) points.pop_back();
  const std::size_t count = points.size();
  if (count < kLinePointsLeast)
    return no_circuit(
        name,
        fmt::format("{} points are too few for a circuit: at least {} are needed", count, kLinePointsLeast),
        "give the points of one whole lap, best about 5 m apart");
  double length = 0;
  for (std::size_t i = 1; i < count; ++i) {
    const double gap = distance_m(points[i - 1], points[i]);
    if (gap > form.gap_most_m)
      return no_circuit(
          name, fmt::format("{} {}: {:.1f} m from the point before", form.unit, points[i].number, gap),
          fmt::format("points must be at most {} m apart, best about 5 m", form.gap_most_m));
    length += gap;
  }
  // Where points are far apart, so are the last and the first. One who repeats the first means the leg to it.
  const double usual = length / static_cast<double>(count - 1);
  const double opening = distance_m(points.back(), points.front());
  if (opening > (closed ? form.gap_most_m : std::max(kOpenEnd_m, kOpenEndSteps * usual)))
    return no_circuit(name,
                      fmt::format("not closed: {:.1f} m from the last point ({} {}) to the first", opening,
                                  form.unit, points.back().number),
                      "a circuit ends within 20 m of where it begins, or within one and a half steps");
  length += opening;
  if (length < kLengthLeast_m || length > kLengthMost_m)
    return no_circuit(name, fmt::format("{:.1f} m long", length),
                      "a circuit is 200 m to 50 km long; are these metres?");
  return {};
}

}  // namespace racesim::race
