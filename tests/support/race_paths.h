// Paths made of straights and arcs for tests of the car: curvature is what matters, places are not filled in.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "sim/race/track/path.h"

namespace racesim::race_test {

struct Piece {
  double length_m;
  double curvature_1pm;
};

/// Pieces of whole metres, with curvature joined by ramps of 20 m.
inline race::Path path_of(const std::vector<Piece>& pieces, bool closed = false) {
  std::vector<double> raw;
  for (const Piece& piece : pieces) {
    raw.insert(raw.end(), static_cast<std::size_t>(piece.length_m), piece.curvature_1pm);
  }
  race::Path path;
  path.closed = closed;
  path.step_m = 1;
  const auto count = static_cast<std::ptrdiff_t>(raw.size());
  for (std::ptrdiff_t i = 0; i <= count; ++i) {
    double sum = 0;
    int terms = 0;
    for (std::ptrdiff_t k = i - 10; k < i + 10; ++k) {
      if (!closed && (k < 0 || k >= count)) continue;
      sum += raw[static_cast<std::size_t>((k + count) % count)];
      ++terms;
    }
    path.curvature_1pm.push_back(sum / terms);
    path.s_m.push_back(static_cast<double>(i));
    path.x_m.push_back(0);
    path.y_m.push_back(0);
  }
  return path;
}

inline race::Path straight(double length_m) {
  return path_of({{length_m, 0}});
}

/// Slow, middling and fast bends between straights; 3,000 m.
inline race::Path lap() {
  return path_of({{700, 0},
                  {60, 0.03},
                  {240, 0},
                  {120, -0.011},
                  {780, 0},
                  {200, 0.0055},
                  {500, 0},
                  {150, -0.02},
                  {250, 0}},
                 true);
}

/// Curvature between grid points.
inline double curvature_at(const race::Path& path, double l_m) {
  const double at = std::fmin(l_m / path.step_m, static_cast<double>(path.cells()) - 1e-9);
  const auto i = static_cast<std::size_t>(at);
  const double share = at - static_cast<double>(i);
  return path.curvature_1pm[i] + (path.curvature_1pm[i + 1] - path.curvature_1pm[i]) * share;
}

}  // namespace racesim::race_test
