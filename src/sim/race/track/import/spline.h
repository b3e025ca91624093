// Cubic splines, closed and open. De Boor, "A Practical Guide to Splines", 1978, chapter IV.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace racesim::race {

/// A twice continuously differentiable function through given values. Immutable; any thread.
class Spline {
 public:
  struct Sample {
    double value;
    double slope;
    double bend;  ///< second derivative
  };

  /// Periodic: `knots` ascend and have one entry more than `values`, the begin of the next period. At least 3
  /// values.
  static Spline closed(std::vector<double> knots, std::vector<double> values);
  /// With straight ends (second derivative zero). At least 3 values, as many knots.
  static Spline open(std::vector<double> knots, std::vector<double> values);

  /// A closed spline takes any t and wraps it; an open one goes on as the cubic of its end.
  Sample at(double t) const;
  /// Of at(), for less work.
  double slope(double t) const;

  double begin() const { return knots_.front(); }
  double end() const { return knots_.back(); }

 private:
  Spline(std::vector<double> knots, std::vector<double> values, bool closed)
      : knots_(std::move(knots)),
        values_(std::move(values)),
        per_knot_(static_cast<double>(knots_.size() - 1) / (end() - begin())),
        closed_(closed) {}
  /// Where `t` lies: behind the knot `left`; a = 1 there and 0 at the next one.
  struct Place {
    std::size_t left;
    double width, a;
  };
  Place place_of(double t) const;
  double slope_at(const Place& at) const;
  void solve_open();
  void solve_closed();

  std::vector<double> knots_;
  std::vector<double> values_;  ///< as many as knots
  std::vector<double> bends_;   ///< as many as knots
  double per_knot_;             ///< 1 / their mean distance
  bool closed_;
};

/// `values` (equally spaced), made smooth: the minimum of Σ weights·(result − values)² + (range_steps)⁴·Σ
/// (second difference)². Waves shorter than about 6 · range_steps vanish, where a weight is large the values
/// stay. E. Whittaker, "On a new method of graduation", 1923. At least 3 values.
std::vector<double> smooth(const std::vector<double>& values, const std::vector<double>& weights,
                           double range_steps);
/// The same for a closed series with equal weights.
std::vector<double> smooth_closed(const std::vector<double>& values, double range_steps);

}  // namespace racesim::race
