// Made-up circuits as points and as the CSV text that the importer reads.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string>
#include <vector>

#include "sim/race/track/curve.h"
#include "sim/race/track/path.h"

namespace racesim::track_test {

using race::Path;
using race::Vec;

inline constexpr double kTurn = 2 * std::numbers::pi;

/// By how much a path turns left from its begin to its end.
inline double turn_deg(const Path& path) {
  double turn = 0;
  for (std::size_t i = 0; i < path.cells(); ++i)
    turn += (path.curvature_1pm[i] + path.curvature_1pm[i + 1]) / 2 * path.step_m;
  return turn * 360 / kTurn;
}

inline double greatest_curvature_step(const Path& path) {
  double step = 0;
  for (std::size_t i = 0; i < path.cells(); ++i)
    step = std::max(step, std::abs(path.curvature_1pm[i + 1] - path.curvature_1pm[i]));
  return step;
}

/// Two straights and two half-circles, counter-clockwise, from the middle of a straight, points 5 m apart.
inline std::vector<Vec> oval(double straight_m, double radius_m) {
  const double arc = std::numbers::pi * radius_m;
  const double lap = 2 * (straight_m + arc);
  std::vector<Vec> points;
  for (double s = straight_m / 2; s < lap + straight_m / 2 - 2; s += 5) {
    const double at = std::fmod(s, lap);
    const bool back = at >= straight_m + arc;
    const double on = back ? at - straight_m - arc : at;
    const double side = back ? -1 : 1;
    const double angle = (on - straight_m) / radius_m;
    const double x = on < straight_m ? on - straight_m / 2 : straight_m / 2 + radius_m * std::sin(angle);
    const double y = on < straight_m ? -radius_m : -radius_m * std::cos(angle);
    points.push_back({side * x, side * y});
  }
  return points;
}

/// A figure of eight: crosses itself once at about 90 degrees.
inline std::vector<Vec> eight(double reach_m, int count = 400) {
  std::vector<Vec> points;
  for (int i = 0; i < count; ++i) {
    const double t = kTurn * i / count;
    points.push_back({reach_m * std::sin(t), 0.5 * reach_m * std::sin(2 * t)});
  }
  return points;
}

/// `lobes` bends inward and as many outward, clockwise.
inline std::vector<Vec> star(int lobes, double radius_m, double depth_m, int count) {
  std::vector<Vec> points;
  for (int i = 0; i < count; ++i) {
    const double t = -kTurn * i / count;
    const double r = radius_m + depth_m * std::cos(lobes * t);
    points.push_back({r * std::cos(t), r * std::sin(t)});
  }
  return points;
}

inline std::string csv(const std::vector<Vec>& points, double right_m = 6, double left_m = 6) {
  std::string text = "# x_m,y_m,w_tr_right_m,w_tr_left_m\n";
  for (const Vec& point : points)
    text += fmt::format("{:.3f},{:.3f},{:.2f},{:.2f}\n", point.x, point.y, right_m, left_m);
  return text;
}

}  // namespace racesim::track_test
