#include "sim/race/track/import/spline.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace racesim::race {
namespace {

/// Solves a tridiagonal system in place; the solution is in `right`. lower[0] and upper.back() are unused.
void solve_tridiagonal(const std::vector<double>& lower, std::vector<double> diagonal,
                       const std::vector<double>& upper, std::vector<double>& right) {
  const std::size_t count = diagonal.size();
  for (std::size_t i = 1; i < count; ++i) {
    const double factor = lower[i] / diagonal[i - 1];
    diagonal[i] -= factor * upper[i - 1];
    right[i] -= factor * right[i - 1];
  }
  right[count - 1] /= diagonal[count - 1];
  for (std::size_t i = count - 1; i-- > 0;) right[i] = (right[i] - upper[i] * right[i + 1]) / diagonal[i];
}

}  // namespace

Spline Spline::closed(std::vector<double> knots, std::vector<double> values) {
  RACESIM_CHECK(values.size() >= 3 && knots.size() == values.size() + 1);
  values.push_back(values.front());
  Spline spline(std::move(knots), std::move(values), true);
  spline.solve_closed();
  return spline;
}

Spline Spline::open(std::vector<double> knots, std::vector<double> values) {
  RACESIM_CHECK(values.size() >= 3 && knots.size() == values.size());
  Spline spline(std::move(knots), std::move(values), false);
  spline.solve_open();
  return spline;
}

void Spline::solve_open() {
  const std::size_t count = knots_.size();
  std::vector<double> lower(count, 0), diagonal(count, 1), upper(count, 0);
  bends_.assign(count, 0);
  for (std::size_t i = 1; i + 1 < count; ++i) {
    const double before = knots_[i] - knots_[i - 1];
    const double after = knots_[i + 1] - knots_[i];
    lower[i] = before;
    diagonal[i] = 2 * (before + after);
    upper[i] = after;
    bends_[i] = 6 * ((values_[i + 1] - values_[i]) / after - (values_[i] - values_[i - 1]) / before);
  }
  solve_tridiagonal(lower, diagonal, upper, bends_);
}

void Spline::solve_closed() {
  const std::size_t count = knots_.size() - 1;
  std::vector<double> lower(count), diagonal(count), upper(count), corner(count, 0);
  bends_.assign(count, 0);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t last = i == 0 ? count - 1 : i - 1;
    const double before = knots_[last + 1] - knots_[last];
    const double after = knots_[i + 1] - knots_[i];
    lower[i] = before;
    diagonal[i] = 2 * (before + after);
    upper[i] = after;
    bends_[i] = 6 * ((values_[i + 1] - values_[i]) / after - (values_[i] - values_[last]) / before);
  }
  // Sherman and Morrison: the two corner elements as a correction of rank one.
  const double edge = lower[0];
  const double gamma = -diagonal[0];
  diagonal[0] -= gamma;
  diagonal[count - 1] -= edge * edge / gamma;
  corner[0] = gamma;
  corner[count - 1] = edge;
  solve_tridiagonal(lower, diagonal, upper, bends_);
  solve_tridiagonal(lower, diagonal, upper, corner);
  const double share = edge / gamma;
  const double factor = (bends_[0] + share * bends_[count - 1]) / (1 + corner[0] + share * corner[count - 1]);
  for (std::size_t i = 0; i < count; ++i) bends_[i] -= factor * corner[i];
  bends_.push_back(bends_.front());
}

Spline::Place Spline::place_of(double t) const {
  if (closed_) {
    const double period = end() - begin();
    while (t < begin()) t += period;
    while (t >= end()) t -= period;
  }
  // Knots are even nearly everywhere: the guess is right or next to it.
  const std::size_t last = knots_.size() - 2;
  const double guess = (t - begin()) * per_knot_;
  std::size_t left = guess > 0 ? std::min(static_cast<std::size_t>(guess), last) : 0;
  while (left < last && knots_[left + 1] <= t) ++left;
  while (left > 0 && knots_[left] > t) --left;
  const double width = knots_[left + 1] - knots_[left];
  return {left, width, (knots_[left + 1] - t) / width};
}

double Spline::slope_at(const Place& at) const {
  const std::size_t left = at.left, right = at.left + 1;
  const double a = at.a, b = 1 - a;
  return (values_[right] - values_[left]) / at.width +
         ((3 * b * b - 1) * bends_[right] - (3 * a * a - 1) * bends_[left]) * at.width / 6;
}

double Spline::slope(double t) const {
  return slope_at(place_of(t));
}

Spline::Sample Spline::at(double t) const {
  const Place at = place_of(t);
  const std::size_t left = at.left, right = at.left + 1;
  const double a = at.a, b = 1 - a;
  const double sixth = at.width * at.width / 6;
  return {a * values_[left] + b * values_[right] +
              ((a * a * a - a) * bends_[left] + (b * b * b - b) * bends_[right]) * sixth,
          slope_at(at), a * bends_[left] + b * bends_[right]};
}

std::vector<double> smooth(const std::vector<double>& values, const std::vector<double>& weights,
                           double range_steps) {
  const std::size_t count = values.size();
  RACESIM_CHECK(count >= 3 && weights.size() == count);
  const double stiffness = range_steps * range_steps * range_steps * range_steps;
  // The symmetric matrix W + stiffness · DᵀD by its diagonal and the two bands above, then LDLᵀ.
  std::vector<double> band0(weights), band1(count, 0), band2(count, 0), result(count);
  for (std::size_t i = 0; i + 2 < count; ++i) {
    band0[i] += stiffness;
    band0[i + 1] += 4 * stiffness;
    band0[i + 2] += stiffness;
    band1[i] -= 2 * stiffness;
    band1[i + 1] -= 2 * stiffness;
    band2[i] += stiffness;
  }
  for (std::size_t i = 0; i < count; ++i) result[i] = weights[i] * values[i];
  for (std::size_t i = 0; i + 1 < count; ++i) {
    const double factor1 = band1[i] / band0[i];
    band0[i + 1] -= factor1 * band1[i];
    band1[i + 1] -= factor1 * band2[i];
    result[i + 1] -= factor1 * result[i];
    if (i + 2 == count) break;
    const double factor2 = band2[i] / band0[i];
    band0[i + 2] -= factor2 * band2[i];
    result[i + 2] -= factor2 * result[i];
  }
  for (std::size_t i = count; i-- > 0;) {
    if (i + 1 < count) result[i] -= band1[i] * result[i + 1];
    if (i + 2 < count) result[i] -= band2[i] * result[i + 2];
    result[i] /= band0[i];
  }
  return result;
}

std::vector<double> smooth_closed(const std::vector<double>& values, double range_steps) {
  // An end is felt for a few ranges only, so the middle of a ring laid out with overlap is the ring's
  // solution.
  const std::size_t count = values.size();
  const std::size_t overlap = static_cast<std::size_t>(24 * range_steps) + 3;
  std::vector<double> laid(count + 2 * overlap);
  for (std::size_t i = 0; i < laid.size(); ++i) laid[i] = values[(i + count * overlap - overlap) % count];
  const std::vector<double> result = smooth(laid, std::vector<double>(laid.size(), 1), range_steps);
  const auto first = result.begin() + static_cast<std::ptrdiff_t>(overlap);
  return {first, first + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace racesim::race
