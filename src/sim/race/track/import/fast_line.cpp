#include "sim/race/track/import/fast_line.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "sim/race/track/curve.h"
#include "sim/race/track/heights.h"
#include "sim/race/track/import/lap_timer.h"

namespace racesim::race {
namespace {

struct Bounds {
  double low;
  double high;
};

Bounds bounds_at(const TrackPoint& point, double margin_m) {
  const double low = margin_m - point.right_m;
  const double high = point.left_m - margin_m;
  const double middle = (low + high) / 2;
  return low < high ? Bounds{low, high} : Bounds{middle, middle};
}

class LineSearch {
 public:
  LineSearch(const Track& track, const CarModel& car, double margin_m)
      : step_m_(track.length_m / static_cast<double>(track.points.size())),
        timer_(prepare(track, car, margin_m)) {}

  /// Tries bumps `reach_m` to either side all round the lap until a round gains less than `enough_s`.
  void improve(double reach_m, double enough_s, int rounds_most);
  /// Takes out waves too short for a car: what the small bumps leave behind, worth no time.
  void smooth();
  std::vector<double> offsets() && { return std::move(offsets_); }

 private:
  /// A bump's middle, and how far it was moved last.
  struct Handle {
    std::size_t middle;
    double by_m;
  };

  LapTimer prepare(const Track& track, const CarModel& car, double margin_m);
  std::size_t at(std::size_t middle, std::size_t reach, std::size_t k) const {
    return (middle + offsets_.size() + k - reach) % offsets_.size();
  }
  double room(const Handle& handle, double by_m) const;
  double attempt(const Handle& handle, double by_m);

  double step_m_;
  std::vector<Curve::Sample> centre_;
  std::vector<Bounds> bounds_;
  std::vector<double> offsets_;
  std::vector<double> shape_;  ///< of the bump, 1 in its middle
  std::vector<Vec> places_;
  LapTimer timer_;
};

LapTimer LineSearch::prepare(const Track& track, const CarModel& car, double margin_m) {
  const Curve curve = centreline(track);
  std::vector<Vec> places;
  for (std::size_t i = 0; i < track.points.size(); ++i) {
    const Bounds bounds = bounds_at(track.points[i], margin_m);
    centre_.push_back(curve.at(step_m_ * static_cast<double>(i)));
    bounds_.push_back(bounds);
    offsets_.push_back(std::clamp(0.0, bounds.low, bounds.high));
    places.push_back(centre_.back().beside(offsets_.back()));
  }
  Conditions conditions;
  conditions.air_kgpm3 = air_of(track);
  return {places, terrain_of_points(track), Forces(car, conditions)};
}

/// The largest part of `by_m` that keeps the bump between the bounds.
double LineSearch::room(const Handle& handle, double by_m) const {
  const std::size_t reach = shape_.size() / 2;
  for (std::size_t k = 0; k < shape_.size(); ++k) {
    const std::size_t i = at(handle.middle, reach, k);
    const double space = by_m > 0 ? bounds_[i].high - offsets_[i] : bounds_[i].low - offsets_[i];
    if (std::abs(by_m) * shape_[k] > std::abs(space)) by_m = space / shape_[k];
  }
  return by_m;
}

/// Moves the line there if that lowers the cost; returns by how much.
double LineSearch::attempt(const Handle& handle, double by_m) {
  constexpr double kLeast_m = 0.002;
  by_m = room(handle, by_m);
  if (std::abs(by_m) < kLeast_m) return 0;
  const std::size_t reach = shape_.size() / 2;
  places_.clear();
  for (std::size_t k = 0; k < shape_.size(); ++k) {
    const std::size_t i = at(handle.middle, reach, k);
    places_.push_back(centre_[i].beside(offsets_[i] + by_m * shape_[k]));
  }
  const double change = timer_.move(at(handle.middle, reach, 0), places_);
  if (change >= -1e-7) {
    timer_.undo();
    return 0;
  }
  for (std::size_t k = 0; k < shape_.size(); ++k) offsets_[at(handle.middle, reach, k)] += by_m * shape_[k];
  return -change;
}

void LineSearch::improve(double reach_m, double enough_s, int rounds_most) {
  // (1 − x²)³ has two smooth derivatives at its feet, which are left out: nothing moves there.
  const std::size_t count = offsets_.size();
  const std::size_t reach = std::min(static_cast<std::size_t>(reach_m / step_m_), (count - 8) / 2);
  shape_.clear();
  for (std::size_t k = 0; k <= 2 * reach; ++k) {
    const double x = (static_cast<double>(k) - static_cast<double>(reach)) / (static_cast<double>(reach) + 1);
    shape_.push_back((1 - x * x) * (1 - x * x) * (1 - x * x));
  }
  std::vector<Handle> handles;
  for (std::size_t middle = 0; middle < count; middle += std::max<std::size_t>(1, reach / 3))
    handles.push_back({middle, 0.5});
  for (int round = 0; round < rounds_most; ++round) {
    double gain_s = 0;
    for (Handle& handle : handles) {
      double gain = attempt(handle, handle.by_m);
      if (gain <= 0) {
        handle.by_m = -handle.by_m;
        gain = attempt(handle, handle.by_m);
      }
      const double size_m = std::clamp(std::abs(handle.by_m) * (gain > 0 ? 1.5 : 0.4), 0.004, 3.0);
      handle.by_m = handle.by_m > 0 ? size_m : -size_m;
      gain_s += gain;
    }
    if (gain_s < enough_s) break;
  }
}

void LineSearch::smooth() {
  constexpr double kBell_m = 9;
  constexpr double kAround_m = 25;  // the hairpins of narrow tracks are as short as the waves: not there
  constexpr double kOver_m = 0.3;   // into the margin: a stop at its edge would be a kink again
  constexpr double kHairpin_1pm = 1 / 12.0, kBend_1pm = 1 / 22.0;
  const std::size_t count = offsets_.size();
  const auto smoothed = [&](std::vector<double> line) {
    // Rounds of 1-2-1 weights make a bell curve; each adds half a squared step to its variance.
    const auto rounds = static_cast<int>(2 * kBell_m * kBell_m / (step_m_ * step_m_) + 0.5);
    std::vector<double> before;
    for (int round = 0; round < rounds; ++round) {
      before = line;
      for (std::size_t i = 0; i < count; ++i)
        line[i] = (before[(i + count - 1) % count] + 2 * before[i] + before[(i + 1) % count]) / 4;
    }
    return line;
  };
  const auto around = std::min(static_cast<std::size_t>(kAround_m / step_m_), (count - 1) / 2);
  std::vector<double> share(count);
  for (std::size_t i = 0; i < count; ++i) {
    double most_1pm = 0;
    for (std::size_t k = 0; k <= 2 * around; ++k)
      most_1pm = std::max(most_1pm, std::abs(centre_[at(i, around, k)].curvature_1pm));
    share[i] = std::clamp((kHairpin_1pm - most_1pm) / (kHairpin_1pm - kBend_1pm), 0.0, 1.0);
  }
  share = smoothed(std::move(share));
  // Twice the smooth line less the one smoothed again keeps the apexes, which a bell curve alone would pull
  // out of the bends.
  const std::vector<double> once = smoothed(offsets_), twice = smoothed(once);
  for (std::size_t i = 0; i < count; ++i) {
    const double calm_m = 2 * once[i] - twice[i];
    offsets_[i] +=
        share[i] * (std::clamp(calm_m, bounds_[i].low - kOver_m, bounds_[i].high + kOver_m) - offsets_[i]);
  }
}

}  // namespace

std::vector<double> fast_line(const Track& track, const CarModel& car, double margin_m) {
  constexpr double kEnough_s = 0.002;
  constexpr int kRoundsMost = 40;
  LineSearch search(track, car, margin_m);
  for (const double reach_m : {240, 120, 60, 30, 120, 60, 30, 60, 30, 15, 30, 15})
    search.improve(reach_m, kEnough_s, kRoundsMost);
  search.smooth();
  return std::move(search).offsets();
}

}  // namespace racesim::race
