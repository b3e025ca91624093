// Circuits of the kinds that people race on, drawn as polygons whose corners are rounded: closed by the way
// they are made, with straights and bends of known radii.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace racesim::track_test {

struct Turn {
  double x_m;
  double y_m;
  double radius_m;
};

struct CircuitShape {
  std::string name;
  std::vector<Turn> turns;  ///< in the order in which they are driven; the start lies on the way to the first
  double spacing_m = 5;     ///< between points
  double right_m = 6, left_m = 6;
  double start_right_m = 0;  ///< width to the right over the first and last 150 m, where it differs
  double begin_m = 0;        ///< the file begins this far behind the middle of the first straight
  bool backward = false;     ///< driven the other way round
  double wander_m = 0;       ///< by how much the widths go up and down along the lap
};

inline void PrintTo(const CircuitShape& shape, std::ostream* out) {
  *out << shape.name;
}

/// Points of the centreline, about `spacing_m` apart.
inline std::vector<std::pair<double, double>> centre_points(const CircuitShape& shape) {
  // Dense first: straight to the begin of each arc, then the arc.
  std::vector<std::pair<double, double>> dense;
  const std::vector<Turn>& turns = shape.turns;
  const std::size_t count = turns.size();
  const auto straight_to = [&](double x, double y) {
    if (dense.empty()) return dense.push_back({x, y});
    const auto [x0, y0] = dense.back();
    const double length = std::hypot(x - x0, y - y0);
    const int steps = std::max(1, static_cast<int>(length / 0.25));
    for (int i = 1; i <= steps; ++i) dense.push_back({x0 + (x - x0) * i / steps, y0 + (y - y0) * i / steps});
  };
  const Turn& before = turns.back();
  const double start_x = (before.x_m + turns[0].x_m) / 2, start_y = (before.y_m + turns[0].y_m) / 2;
  straight_to(start_x, start_y);
  for (std::size_t i = 0; i < count; ++i) {
    const Turn& from = turns[(i + count - 1) % count];
    const Turn& at = turns[i];
    const Turn& to = turns[(i + 1) % count];
    const double in = std::atan2(at.y_m - from.y_m, at.x_m - from.x_m);
    const double out = std::atan2(to.y_m - at.y_m, to.x_m - at.x_m);
    const double turn = std::remainder(out - in, 2 * M_PI);
    const double cut = at.radius_m * std::tan(std::abs(turn) / 2);
    const double side = turn > 0 ? 1 : -1;
    straight_to(at.x_m - cut * std::cos(in), at.y_m - cut * std::sin(in));
    const auto [x0, y0] = dense.back();
    const double cx = x0 - side * at.radius_m * std::sin(in), cy = y0 + side * at.radius_m * std::cos(in);
    const int steps = std::max(2, static_cast<int>(std::abs(turn) * at.radius_m / 0.25));
    for (int k = 1; k <= steps; ++k) {
      const double heading = in + turn * k / steps;
      dense.push_back(
          {cx + side * at.radius_m * std::sin(heading), cy - side * at.radius_m * std::cos(heading)});
    }
  }
  straight_to(start_x, start_y);
  if (shape.backward) std::reverse(dense.begin(), dense.end());
  // Then even steps along the whole.
  std::vector<double> along{0};
  for (std::size_t i = 1; i < dense.size(); ++i)
    along.push_back(along.back() +
                    std::hypot(dense[i].first - dense[i - 1].first, dense[i].second - dense[i - 1].second));
  const int points = static_cast<int>(along.back() / shape.spacing_m);
  std::vector<std::pair<double, double>> even;
  for (int i = 0; i < points; ++i) {
    const double at = std::fmod(shape.begin_m + along.back() * i / points, along.back());
    const auto behind = std::upper_bound(along.begin(), along.end(), at) - along.begin();
    even.push_back(dense[static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, behind - 1))]);
  }
  return even;
}

inline double length_m(const CircuitShape& shape) {
  const auto points = centre_points(shape);
  double sum = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto& [x, y] = points[(i + 1) % points.size()];
    sum += std::hypot(x - points[i].first, y - points[i].second);
  }
  return sum;
}

inline std::string csv(const CircuitShape& shape) {
  std::string text = "# x_m,y_m,w_tr_right_m,w_tr_left_m\n";
  const auto points = centre_points(shape);
  const double reach = 150 / shape.spacing_m;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const bool start = static_cast<double>(std::min(i, points.size() - i)) < reach;
    const double right_m = start && shape.start_right_m > 0 ? shape.start_right_m : shape.right_m;
    const double more_m = shape.wander_m * std::sin(static_cast<double>(i) * shape.spacing_m / 17);
    text += fmt::format("{:.3f},{:.3f},{:.2f},{:.2f}\n", points[i].first, points[i].second, right_m - more_m,
                        shape.left_m + more_m);
  }
  return text;
}

/// All coordinates and radii times `factor`.
inline std::vector<Turn> scaled(std::vector<Turn> turns, double factor) {
  for (Turn& turn : turns) {
    turn.x_m *= factor;
    turn.y_m *= factor;
    turn.radius_m *= factor;
  }
  return turns;
}

/// Nine kinds, none like a real one.
inline std::vector<CircuitShape> circuit_shapes() {
  const std::vector<Turn> road{{700, 0, 30},     {900, 260, 60},  {620, 480, 25},   {880, 760, 70},
                               {1500, 700, 90},  {1650, 900, 25}, {1300, 1000, 50}, {1000, 1250, 45},
                               {300, 1050, 110}, {-350, 900, 25}, {-100, 560, 60},  {-600, 300, 45},
                               {-500, 0, 30}};
  const std::vector<Turn> street{{420, 0, 18},   {440, 190, 25},  {700, 240, 60}, {980, 190, 14},
                                 {960, 320, 16}, {620, 420, 40},  {590, 560, 20}, {250, 540, 30},
                                 {200, 330, 15}, {-60, 340, 13},  {-80, 260, 12}, {110, 230, 14},
                                 {80, 100, 22},  {-330, 120, 17}, {-340, 0, 20}};
  const std::vector<Turn> oval{{600, 0, 230}, {600, 480, 230}, {-600, 480, 230}, {-600, 0, 230}};
  const std::vector<Turn> forest{{900, 0, 20},     {500, 250, 110},  {1500, 900, 130}, {2300, 1000, 35},
                                 {2350, 1200, 40}, {1700, 1500, 60}, {1900, 1900, 50}, {1200, 2050, 110},
                                 {700, 1500, 150}, {0, 1400, 60},    {-250, 700, 220}, {-700, 300, 22},
                                 {-600, 0, 25}};
  const std::vector<Turn> village{{640, 0, 25},   {660, 300, 60},  {250, 420, 40},  {420, 700, 25},
                                  {100, 560, 30}, {-200, 720, 30}, {-450, 350, 60}, {-420, 0, 30}};
  const std::vector<Turn> crossing{{800, 0, 45},     {1000, 350, 60},  {700, 700, 40},   {1000, 1000, 30},
                                   {700, 1200, 70},  {-100, 500, 110}, {-700, 900, 45},  {-1000, 500, 50},
                                   {-200, 780, 100}, {100, 1250, 35},  {-900, 1500, 60}, {-1400, 600, 75},
                                   {-900, 0, 45}};
  std::vector<CircuitShape> all;
  all.push_back({"RoadCourse", scaled(road, 0.85)});
  all.push_back({"TheOtherWayRound", scaled(road, 0.85)});
  all.back().backward = true;
  all.push_back({"CoarseAndWideAtTheStart", scaled(road, 0.85), 20.6, 5, 5, 12});
  all.push_back({"NarrowFromWithinABend", scaled(road, 0.85), 4, 3.5, 3.5});
  all.back().begin_m = 520;
  all.push_back({"Street", scaled(street, 0.9), 5, 4.5, 4.5});
  all.push_back({"Oval", oval, 10, 7, 7});
  all.push_back({"Long", scaled(forest, 0.8), 6});
  all.push_back({"Short", village});
  all.push_back({"Bridge", scaled(crossing, 0.65)});
  return all;
}

}  // namespace racesim::track_test
