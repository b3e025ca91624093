#include "sim/race/track/curve.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"

namespace racesim::race {
namespace {

constexpr double kGrid_m = 1;

struct Columns {
  std::vector<double> x;
  std::vector<double> y;
};

Columns columns_of(const std::vector<Vec>& places) {
  Columns columns;
  for (const Vec& place : places) {
    columns.x.push_back(place.x);
    columns.y.push_back(place.y);
  }
  return columns;
}

double squared_distance(Vec a, Vec b) {
  return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y);
}

/// Length of the curve from `from` to `to`, which are at most some metres apart: Gauss-Legendre, three
/// points.
double length_between(const Curve& curve, double from, double to) {
  constexpr double kNode = 0.7745966692414834;
  const double middle = (from + to) / 2;
  const double half = (to - from) / 2;
  return half *
         (5 * curve.speed(middle - kNode * half) + 8 * curve.speed(middle) +
          5 * curve.speed(middle + kNode * half)) /
         9;
}

}  // namespace

Curve Curve::closed(std::vector<double> knots, const std::vector<Vec>& places) {
  Columns columns = columns_of(places);
  Spline x = Spline::closed(knots, std::move(columns.x));
  return {std::move(x), Spline::closed(std::move(knots), std::move(columns.y))};
}

Curve Curve::open(std::vector<double> knots, const std::vector<Vec>& places) {
  Columns columns = columns_of(places);
  Spline x = Spline::open(knots, std::move(columns.x));
  return {std::move(x), Spline::open(std::move(knots), std::move(columns.y))};
}

Curve::Sample Curve::at(double t) const {
  const Spline::Sample x = x_.at(t);
  const Spline::Sample y = y_.at(t);
  const double speed = std::sqrt(x.slope * x.slope + y.slope * y.slope);
  return {{x.value, y.value},
          {x.slope / speed, y.slope / speed},
          speed,
          (x.slope * y.bend - y.slope * x.bend) / (speed * speed * speed)};
}

double Curve::speed(double t) const {
  const double x = x_.slope(t), y = y_.slope(t);
  return std::sqrt(x * x + y * y);
}

Curve centreline(const Track& track) {
  const std::size_t count = track.points.size();
  std::vector<double> knots;
  std::vector<Vec> places;
  for (std::size_t i = 0; i <= count; ++i)
    knots.push_back(track.length_m * static_cast<double>(i) / static_cast<double>(count));
  for (const TrackPoint& point : track.points) places.push_back({point.x_m, point.y_m});
  return Curve::closed(std::move(knots), places);
}

Path lay_out(const Curve& curve, double from, double to, bool closed) {
  RACESIM_CHECK(to > from);
  // Lengths at even steps of the parameter first, then each grid point by a step of Newton's method: to a
  // micrometre, for within a step the speed hardly changes.
  const auto pieces = static_cast<std::size_t>(std::ceil((to - from) / kGrid_m));
  const double piece = (to - from) / static_cast<double>(pieces);
  std::vector<double> lengths{0};
  for (std::size_t i = 0; i < pieces; ++i) {
    const double t = from + piece * static_cast<double>(i);
    lengths.push_back(lengths.back() + length_between(curve, t, t + piece));
  }
  Path path;
  path.closed = closed;
  const auto cells = static_cast<std::size_t>(std::ceil(lengths.back() / kGrid_m));
  path.step_m = lengths.back() / static_cast<double>(cells);
  std::size_t below = 0;
  for (std::size_t i = 0; i <= cells; ++i) {
    const double wanted = i == cells ? lengths.back() : path.step_m * static_cast<double>(i);
    while (below + 1 < pieces && lengths[below + 1] <= wanted) ++below;
    const double base = from + piece * static_cast<double>(below);
    double t = base + piece * (wanted - lengths[below]) / (lengths[below + 1] - lengths[below]);
    t -= (lengths[below] + length_between(curve, base, t) - wanted) / curve.speed(t);
    if (i == cells) t = to;
    const Curve::Sample sample = curve.at(t);
    path.s_m.push_back(t);
    path.x_m.push_back(sample.place.x);
    path.y_m.push_back(sample.place.y);
    path.curvature_1pm.push_back(sample.curvature_1pm);
  }
  return path;
}

double path_at(const Path& path, double s_m) {
  if (s_m <= path.s_m.front()) return 0;
  if (s_m >= path.s_m.back()) return path.length_m();
  const auto above = std::upper_bound(path.s_m.begin(), path.s_m.end(), s_m);
  const auto cell = static_cast<std::size_t>(above - path.s_m.begin()) - 1;
  const double share = (s_m - path.s_m[cell]) / (path.s_m[cell + 1] - path.s_m[cell]);
  return path.step_m * (static_cast<double>(cell) + share);
}

double track_at(const Path& path, double l_m) {
  if (l_m <= 0) return path.s_m.front();
  if (l_m >= path.length_m()) return path.s_m.back();
  const double cells = l_m / path.step_m;
  const std::size_t cell = std::min(static_cast<std::size_t>(cells), path.cells() - 1);
  return path.s_m[cell] + (cells - static_cast<double>(cell)) * (path.s_m[cell + 1] - path.s_m[cell]);
}

double nearest(const Curve& curve, Vec place, double near) {
  constexpr double kStep_m = 5;
  constexpr int kReach = 10;
  double best = near;
  double least = squared_distance(curve.at(near).place, place);
  for (int i = -kReach; i <= kReach; ++i) {
    const double t = near + kStep_m * i;
    const double distance = squared_distance(curve.at(t).place, place);
    if (distance >= least) continue;
    least = distance;
    best = t;
  }
  // Halving an interval round the best: slower than Newton's method, but it cannot leave the neighbourhood.
  for (double reach = kStep_m; reach > 0.0005; reach /= 2)
    for (const double t : {best - reach / 2, best + reach / 2}) {
      const double distance = squared_distance(curve.at(t).place, place);
      if (distance >= least) continue;
      least = distance;
      best = t;
    }
  return best;
}

double nearest_of_all(const Curve& curve, Vec place) {
  double best = curve.begin();
  double least = squared_distance(curve.at(best).place, place);
  for (double t = curve.begin(); t < curve.end(); t += 5) {
    const double distance = squared_distance(curve.at(t).place, place);
    if (distance >= least) continue;
    least = distance;
    best = t;
  }
  return nearest(curve, place, best);
}

}  // namespace racesim::race
