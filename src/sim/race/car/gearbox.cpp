#include "sim/race/car/gearbox.h"

#include <algorithm>

#include "sim/race/car/forces.h"

namespace racesim::race {
namespace {

constexpr int kHold_steps = 40;
constexpr int kGap_steps = 3;
constexpr double kDown_rpm = 10300;
/// The lower gear's revs that are still fine when several gears must go before the apex.
constexpr double kDownHurried_rpm = 12000;
/// However soon braking is, no further than this without changing up.
constexpr double kOverrev_rpm = 12400;
/// Below these speeds gears 1 and 2 are of use, second for a pit lane's 80 km/h; slow corners are driven in
/// third.
constexpr double kFirst_mps = 45 / 3.6;
constexpr double kSecond_mps = 80 / 3.6;
/// Held by a limit above this, second gear spares the engine.
constexpr double kSecondOnLimit_mps = 65 / 3.6;
/// A profile that rises by less than this behind a dip and falls again has not passed the apex.
constexpr double kRipple_mps = 1.5;

/// The gear to be in at a slow point.
int gear_at(double v) {
  int gear = kTopGear;
  while (gear > 3 && rpm_at(gear - 1, v) < kDown_rpm) --gear;
  if (gear == 3 && v < kSecond_mps) gear = 2;
  if (gear == 2 && v < kFirst_mps) gear = 1;
  return gear;
}

}  // namespace

std::vector<double> apexes_ahead(const std::vector<double>& speed_mps, std::size_t slowest) {
  const std::size_t count = speed_mps.size();
  std::vector<double> ahead(count);
  double lowest = speed_mps[slowest];
  double hump = lowest;
  std::size_t i = slowest;
  for (std::size_t n = 0; n < count; ++n) {
    const double v = speed_mps[i];
    if (v <= lowest || v + kRipple_mps < hump) {
      lowest = hump = v;
    } else {
      hump = std::max(hump, v);
    }
    ahead[i] = lowest;
    i = i == 0 ? count - 1 : i - 1;
  }
  return ahead;
}

Gearbox::Gearbox(double v) : gear_(1), held_steps_(kHold_steps) {
  while (gear_ < kTopGear && rpm_at(gear_, v) >= kShiftUp_rpm) ++gear_;
}

Gearbox Gearbox::in(int gear) {
  Gearbox gearbox(0);
  gearbox.gear_ = std::min(gear, kTopGear);
  return gearbox;
}

bool Gearbox::wants_up(const View& view) const {
  const double rpm = rpm_at(gear_, view.v);
  if (gear_ == 1 && view.held && view.v > kSecondOnLimit_mps) return true;
  if (gear_ == kTopGear || rpm < kShiftUp_rpm) return false;
  // Just before braking the change would be undone at once.
  return rpm > kOverrev_rpm || (view.v_soon > view.v && view.brake == 0);
}

bool Gearbox::wants_down(const View& view) const {
  if (gear_ == 1 || view.throttle > 0.05) return false;
  if (gear_ == 2 && view.v > kFirst_mps) return false;
  const int excess = gear_ - gear_at(view.v_apex);
  if (excess <= 0) return false;
  return rpm_at(gear_ - 1, view.v) < (excess > 1 ? kDownHurried_rpm : kDown_rpm);
}

void Gearbox::change(int by) {
  gear_ += by;
  held_steps_ = 0;
  gap_steps_ = kGap_steps;
}

void Gearbox::step(const View& view) {
  ++held_steps_;
  gap_steps_ = std::max(0, gap_steps_ - 1);
  if (held_steps_ < kHold_steps) return;
  if (wants_up(view)) {
    change(1);
  } else if (wants_down(view)) {
    change(-1);
  }
}

}  // namespace racesim::race
