#include "sim/race/car/speed_profile.h"

#include "base/check.h"

namespace racesim::race {
namespace {

/// A limiter keeps this share of the limit, so that no sample is above it.
constexpr double kLimiter = 0.997;

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

}  // namespace

SpeedProfile::SpeedProfile(const Path& path, const Forces& forces, const Conditions& conditions,
                           const Drive& drive) {
  RACESIM_CHECK(path.s_m.size() >= 4 && path.curvature_1pm.size() == path.s_m.size() && path.step_m > 0);
  cap(path, forces);
  forward(path, forces, conditions, drive);
  backward(path, forces, drive);
}

void SpeedProfile::cap(const Path& path, const Forces& forces) {
  w_.resize(path.s_m.size());
  for (std::size_t i = 0; i < w_.size(); ++i) w_[i] = forces.cornering_cap(path.curvature_1pm[i]);
  for (std::size_t i = 0; i < path.limit_mps.size(); ++i) {
    if (!is_limited(path.limit_mps[i])) continue;
    const double limit = kLimiter * path.limit_mps[i];
    w_[i] = std::min(w_[i], limit * limit);
  }
  slowest_ = static_cast<std::size_t>(std::min_element(w_.begin(), w_.end()) - w_.begin());
}

void SpeedProfile::forward(const Path& path, const Forces& forces, const Conditions& conditions,
                           const Drive& drive) {
  const std::size_t cells = path.cells();
  const std::vector<char> open = conditions.drs ? cells_within(path, drive.drs) : std::vector<char>(cells, 0);
  if (!path.closed) w_[0] = std::min(w_[0], drive.begin_speed_mps * drive.begin_speed_mps);
  const std::size_t begin = path.closed ? slowest_ : 0;
  std::size_t i = begin;
  double at_begin = 0;
  // A closed path ends its round at the speed it began with if that is the slowest cap, but for circles, where
  // no grip is left to hold the cap: hence up to two rounds.
  for (int round = 0; round < (path.closed ? 2 : 1) && at_begin != w_[begin]; ++round) {
    at_begin = w_[begin];
    for (std::size_t n = 0; n < cells; ++n) {
      const double w = w_[i];
      const double v = std::sqrt(w);
      const double share = forces.share_left(w, path.curvature_1pm[i], forces.lateral_limit_mps2(w));
      const double force = std::min(forces.engine_n(v), forces.traction_n(v, w, share));
      const double a = (force - forces.resistance_n(w, open[i] != 0)) / forces.inertia_kg();
      w_[i + 1] = std::min(w_[i + 1], std::max(0.0, w + 2 * path.step_m * a));
      if (++i == cells && path.closed) {
        w_[0] = w_[cells];
        i = 0;
      }
    }
  }
}

// Never goes below the slowest point's speed, so one round from there closes the loop.
void SpeedProfile::backward(const Path& path, const Forces& forces, const Drive& drive) {
  const std::size_t cells = path.cells();
  std::size_t i = cells;
  if (path.closed) {
    i = slowest_ == 0 ? cells : slowest_;
  } else {
    w_[cells] = std::min(w_[cells], drive.end_speed_mps * drive.end_speed_mps);
  }
  for (std::size_t n = 0; n < cells; ++n) {
    const double w = w_[i];
    const double lateral = forces.lateral_limit_mps2(w);
    const double share = forces.share_left(w, path.curvature_1pm[i], lateral);
    const double a = forces.braking_mps2(w, share, lateral) * drive.braking;
    --i;
    w_[i] = std::min(w_[i], w + 2 * path.step_m * a);
    if (i == 0 && path.closed) {
      w_[cells] = w_[0];
      i = cells;
    }
  }
}

double SpeedProfile::duration_s(double step_m) const {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < w_.size(); ++i) sum += 2 * step_m / (std::sqrt(w_[i]) + std::sqrt(w_[i + 1]));
  return sum;
}

}  // namespace racesim::race
