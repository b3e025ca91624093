#include "sim/race/render/aside.h"

#include <algorithm>
#include <cmath>

namespace racesim::race {
namespace {

/// In a bend the outermost of two cars has two wheels on the kerb.
constexpr double kOnRoad_m = 0.7;
/// Waves of the band beside the line that are shorter than this are cut.
constexpr double kSmooth_m = 60;
constexpr double kSmoothBend_m = 12;  ///< likewise of a path's bend
constexpr std::size_t kReach = 2;     ///< grid points to each side that a bend is read from

/// The mean over `reach` neighbours on each side of a closed row, twice.
std::vector<double> smoothed(std::vector<double> values, std::size_t reach) {
  const std::size_t count = values.size();
  for (int pass = 0; pass < 2; ++pass) {
    std::vector<double> out(count);
    for (std::size_t i = 0; i < count; ++i) {
      double sum = 0;
      for (std::size_t k = 0; k <= 2 * reach; ++k) sum += values[(i + count - reach + k) % count];
      out[i] = sum / static_cast<double>(2 * reach + 1);
    }
    values = std::move(out);
  }
  return values;
}

/// The same of a row with ends: less of it towards them.
std::vector<double> smoothed_between_ends(std::vector<double> values, std::size_t reach) {
  const std::size_t last = values.size() - 1;
  for (int pass = 0; pass < 2; ++pass) {
    std::vector<double> out(values.size());
    for (std::size_t i = 0; i <= last; ++i) {
      const std::size_t near = std::min({reach, i, last - i});
      double sum = 0;
      for (std::size_t k = i - near; k <= i + near; ++k) sum += values[k];
      out[i] = sum / static_cast<double>(2 * near + 1);
    }
    values = std::move(out);
  }
  return values;
}

std::vector<double> smooth_bends_1pm(const Path& path) {
  const auto reach = static_cast<std::size_t>(kSmoothBend_m / 2 / path.step_m);
  std::vector<double> bends(path.curvature_1pm.begin(),
                            path.curvature_1pm.begin() + static_cast<std::ptrdiff_t>(path.cells()) + 1);
  if (!path.closed) return smoothed_between_ends(std::move(bends), reach);
  bends.pop_back();  // a closed path's last point is its first
  bends = smoothed(std::move(bends), reach);
  bends.push_back(bends.front());
  return bends;
}

}  // namespace

LaneBand::LaneBand(const Track& track, const Curve& centre, const Path& line)
    : length_m_(track.length_m), centre_(centre), line_(line) {
  const double points_per_m = static_cast<double>(track.points.size()) / length_m_;
  std::vector<double> shift_m;
  for (std::size_t i = 0; i < line.cells(); ++i) {
    left_m_.push_back(own_left_m(line, i));
    const double at = line.s_m[i] * points_per_m;
    const auto before = std::min(static_cast<std::size_t>(at), track.points.size() - 1);
    const TrackPoint &p = track.points[before], &q = track.points[(before + 1) % track.points.size()];
    const double share = at - static_cast<double>(before);
    const double least_m = kLane_m / 2 + kOnRoad_m - (p.right_m + share * (q.right_m - p.right_m));
    const double most_m = p.left_m + share * (q.left_m - p.left_m) - kLane_m / 2 - kOnRoad_m;
    const double wanted_m =
        least_m < most_m ? std::clamp(left_m_[i], least_m, most_m) : (least_m + most_m) / 2;
    shift_m.push_back(wanted_m - left_m_[i]);
  }
  // Not the band is made smooth but what it is away from the line: a smooth way across a tight bend of the
  // centreline would bend more than the line does.
  const auto reach = std::min(static_cast<std::size_t>(kSmooth_m / 2 / line.step_m), shift_m.size() / 4);
  shift_m = smoothed(std::move(shift_m), reach);
  for (std::size_t i = 0; i < shift_m.size(); ++i) left_m_[i] += shift_m[i];
}

double LaneBand::own_left_m(const Path& path, std::size_t point) const {
  const Curve::Sample centre = centre_.at(path.s_m[point]);
  return (path.y_m[point] - centre.place.y) * centre.ahead.x -
         (path.x_m[point] - centre.place.x) * centre.ahead.y;
}

/// A cubic through the grid points around.
double LaneBand::left_m(double s_m) const {
  const std::size_t count = left_m_.size();
  const double at = path_at(line_, s_m - std::floor(s_m / length_m_) * length_m_) / line_.step_m;
  const std::size_t i = std::min(static_cast<std::size_t>(at), count - 1);
  const double x = at - static_cast<double>(i);
  const auto value = [&](std::size_t k) { return left_m_[(i + count + k - 1) % count]; };
  const double rise = value(2) - value(0);
  return value(1) + x / 2 *
                        (rise + x * (2 * value(0) - 5 * value(1) + 4 * value(2) - value(3) +
                                     x * (3 * (value(1) - value(2)) + value(3) - value(0))));
}

void LaneBand::add_asides(PathGrid& grid, const Path& path) const {
  const std::size_t last = path.cells();
  const std::vector<double> bends_1pm = smooth_bends_1pm(path);
  for (std::size_t i = 0; i <= last; ++i) {
    // A closed path's last point is its first.
    const std::size_t before = i > 0 ? i - 1 : path.closed ? last - 1 : 0;
    const std::size_t behind = i < last ? i + 1 : path.closed ? 1 : last;
    const double x_m = path.x_m[behind] - path.x_m[before], y_m = path.y_m[behind] - path.y_m[before];
    const double chord_m = std::hypot(x_m, y_m);
    // At an open end the chord is that of half a step away.
    const double turn =
        behind - before == 1 ? (i == 0 ? -0.5 : 0.5) * path.step_m * path.curvature_1pm[i] : 0;
    const double ahead_x = (x_m - turn * y_m) / chord_m, ahead_y = (y_m + turn * x_m) / chord_m;
    grid.asides.push_back({-ahead_y, ahead_x, left_m(path.s_m[i]) - own_left_m(path, i), 0, 0, bends_1pm[i]});
  }
  for (std::size_t i = 0; i <= last; ++i) {
    const auto at = [&](std::size_t k) { return grid.asides[k].shift_m; };
    const std::size_t mid = path.closed ? i : std::clamp(i, kReach, last - kReach);
    const double before_m = at(mid >= kReach ? mid - kReach : mid + last - kReach);
    const double behind_m = at(mid + kReach <= last ? mid + kReach : mid + kReach - last);
    const double reach_m = static_cast<double>(kReach) * path.step_m;
    const double bend_1pm = (behind_m - 2 * at(mid) + before_m) / (reach_m * reach_m);
    const double ahead_m = (static_cast<double>(i) - static_cast<double>(mid)) * path.step_m;
    grid.asides[i].slope = (behind_m - before_m) / (2 * reach_m) + bend_1pm * ahead_m;
    grid.asides[i].bend_1pm = bend_1pm;
  }
}

}  // namespace racesim::race
