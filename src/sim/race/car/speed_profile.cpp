#include "sim/race/car/speed_profile.h"

#include "base/check.h"

namespace racesim::race {
namespace {

/// A limiter keeps this share of the limit, so that no sample is above it.
constexpr double kLimiter = 0.997;
/// Bends are felt as their mean over this far on both sides.
constexpr double kFeel_m = 8;
/// But never as less than this share of what they are.
constexpr double kFelt = 0.97;
/// A driver is down at the limit this far before it holds.
constexpr double kLimitEarly_m = 10;
/// Of the brakes, when planning: the rest lets the driver catch up when he is late.
constexpr double kPlannedBraking = 0.95;
/// A driver lifts instead of braking where that costs less time than this.
constexpr double kLiftWorth_s = 0.08;

std::vector<char> cells_within(const Path& path, const std::vector<Stretch>& stretches) {
  std::vector<char> within(path.cells(), 0);
  for (const Stretch& stretch : stretches) {
    const double begin = std::max(0.0, stretch.begin_m / path.step_m);
    for (auto i = static_cast<std::size_t>(begin); i < within.size(); ++i) {
      const double l = path.step_m * static_cast<double>(i);
      if (l >= stretch.end_m) break;
      if (l >= stretch.begin_m) within[i] = 1;
    }
  }
  return within;
}

std::vector<double> smooth(const Path& path) {
  const std::vector<double>& raw = path.curvature_1pm;
  const std::size_t cells = path.cells();
  const std::size_t reach = std::min(static_cast<std::size_t>(kFeel_m / path.step_m), (cells - 1) / 2);
  // A closed path goes on at its ends; an open one has its end values there.
  std::vector<double> padded(cells + 2 * reach + 2);
  for (std::size_t k = 0; k <= reach; ++k) {
    padded[k] = path.closed ? raw[cells - reach + k] : raw[0];
    padded[cells + reach + k] = path.closed ? raw[k] : raw[cells];
  }
  std::copy(raw.begin(), raw.end(), padded.begin() + static_cast<std::ptrdiff_t>(reach));
  std::vector<double> result(cells + 1);
  double sum = 0;
  for (std::size_t i = 0; i < 2 * reach + 1; ++i) sum += padded[i];
  const double per_window = 1 / static_cast<double>(2 * reach + 1);
  for (std::size_t i = 0; i <= cells; ++i) {
    const double mean = sum * per_window;
    const double least = kFelt * raw[i];
    result[i] = least * least > mean * mean ? least : mean;
    sum += padded[i + 2 * reach + 1] - padded[i];
  }
  if (path.closed) result[cells] = result[0];
  return result;
}

}  // namespace

SpeedProfile::SpeedProfile(const Path& path, const Forces& forces, const Conditions& conditions,
                           const Drive& drive) {
  RACESIM_CHECK(path.s_m.size() >= 4 && path.curvature_1pm.size() == path.s_m.size() && path.step_m > 0);
  bend_ = smooth(path);
  cap(path, forces);
  forward(path, forces, conditions, drive);
  backward(path, forces, drive);
  lift(path, forces);
}

void SpeedProfile::cap(const Path& path, const Forces& forces) {
  w_.resize(path.s_m.size());
  for (std::size_t i = 0; i < w_.size(); ++i) w_[i] = forces.cornering_cap(bend_[i], path.terrain_at(i));
  const auto early = static_cast<std::size_t>(kLimitEarly_m / path.step_m);
  for (std::size_t i = 0; i < path.limit_mps.size(); ++i) {
    if (!is_limited(path.limit_mps[i])) continue;
    const double limit = kLimiter * path.limit_mps[i];
    for (std::size_t k = i - std::min(i, early); k <= i; ++k) w_[k] = std::min(w_[k], limit * limit);
  }
  slowest_ = static_cast<std::size_t>(std::min_element(w_.begin(), w_.end()) - w_.begin());
}

void SpeedProfile::forward(const Path& path, const Forces& forces, const Conditions& conditions,
                           const Drive& drive) {
  const std::size_t cells = path.cells();
  const std::vector<char> open = conditions.drs ? cells_within(path, drive.drs) : std::vector<char>(cells, 0);
  if (!path.closed) w_[0] = std::min(w_[0], drive.begin_speed_mps * drive.begin_speed_mps);
  const double gain_per_n = 2 * path.step_m / forces.inertia_kg();
  std::size_t i = path.closed ? slowest_ : 0;
  // At its cap a car has no grip left to hold the speed, so a closed path can end its round a little slower
  // than it began: the second round takes that along until it is lost.
  const std::size_t most = path.closed ? 2 * cells : cells;
  for (std::size_t n = 0; n < most; ++n) {
    const double w = w_[i];
    const double v = std::sqrt(w);
    const Terrain terrain = path.terrain_at(i);
    const double lateral = forces.lateral_limit_mps2(w, terrain);
    const Forces::Circle circle = forces.circle(w, bend_[i], lateral);
    const double force = std::min(forces.engine_n(v), forces.traction_n(v, w, circle.left, terrain));
    const double against =
        forces.resistance_n(w, open[i] != 0, terrain) + forces.scrub_n(circle.used, lateral);
    const double reached = w + gain_per_n * (force - against);
    if (n >= cells && reached >= w_[i + 1]) break;
    w_[i + 1] = std::min(w_[i + 1], std::max(0.0, reached));
    if (++i == cells && path.closed) {
      w_[0] = w_[cells];
      i = 0;
    }
  }
}

// Never goes below the slowest point's speed, so one round from there closes the loop.
void SpeedProfile::backward(const Path& path, const Forces& forces, const Drive& drive) {
  const std::size_t cells = path.cells();
  const double braking = kPlannedBraking * drive.braking;
  std::size_t i = cells;
  if (path.closed) {
    i = slowest_ == 0 ? cells : slowest_;
  } else {
    w_[cells] = std::min(w_[cells], drive.end_speed_mps * drive.end_speed_mps);
  }
  for (std::size_t n = 0; n < cells; ++n) {
    const double w = w_[i];
    const Terrain terrain = path.terrain_at(i);
    const double lateral = forces.lateral_limit_mps2(w, terrain);
    const double share = forces.circle(w, bend_[i], lateral).left;
    const double a = forces.braking_mps2(w, share, lateral, terrain) * braking;
    --i;
    w_[i] = std::min(w_[i], w + 2 * path.step_m * a);
    if (i == 0 && path.closed) {
      w_[cells] = w_[0];
      i = cells;
    }
  }
}

void SpeedProfile::lift(const Path& path, const Forces& forces) {
  const auto braked = [&](std::size_t cell) {
    const double lifting = forces.lifting_mps2(w_[cell], path.terrain_at(cell));
    return w_[cell] - w_[cell + 1] > 2.02 * path.step_m * std::max(0.0, lifting);
  };
  // Stretches across a closed path's seam are left as they are: a timing line lies on a straight.
  std::vector<double> lifted;
  for (std::size_t i = path.cells(); i-- > 0;) {
    if (!braked(i)) continue;
    const std::size_t end = i + 1;
    if (lift_to(end, path, forces, lifted)) {
      for (std::size_t k = 0; k < lifted.size(); ++k) w_[end - 1 - k] = lifted[k];
    }
    while (i > 0 && braked(i - 1)) --i;
  }
}

bool SpeedProfile::lift_to(std::size_t end, const Path& path, const Forces& forces,
                           std::vector<double>& lifted) const {
  lifted.clear();
  double w = w_[end];
  double lost_s = 0;
  for (std::size_t i = end; i-- > 0;) {
    const double lifting = forces.lifting_mps2(w, path.terrain_at(i));
    if (lifting <= 0) return false;  // downhill a lift does not slow
    w += 2 * path.step_m * lifting;
    // The plan may brake, ease off for a bend and brake again: all that one lift replaces.
    if (w >= w_[i]) return true;
    lost_s += path.step_m * (1 / std::sqrt(w) - 1 / std::sqrt(w_[i]));
    if (lost_s > kLiftWorth_s) return false;
    lifted.push_back(w);
  }
  return false;
}

std::size_t SpeedProfile::last_apex() const {
  const auto begin = w_.end() - static_cast<std::ptrdiff_t>(w_.size() / 3);
  return static_cast<std::size_t>(std::min_element(begin, w_.end() - 1) - w_.begin());
}

std::size_t SpeedProfile::roll_out() const {
  constexpr double kSlow_m2ps2 = 150;
  std::size_t i = w_.size() - 1;
  while (i > 0 && w_[i - 1] > w_[i] && w_[i - 1] < kSlow_m2ps2) --i;
  return i;
}

double SpeedProfile::duration_s(double step_m) const {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < w_.size(); ++i)
    sum += 2 * step_m / (std::sqrt(w_[i]) + std::sqrt(w_[i + 1]));
  return sum;
}

}  // namespace racesim::race
