#include "sim/race/car/driver.h"

namespace racesim::race {
namespace {

constexpr double kStep_s = kTemplateStep_s;
/// The feet need time: the driver acts for where he will be.
constexpr double kLookAhead_s = 0.03;
constexpr double kShiftAhead_s = 0.4;
constexpr double kFeedback_1ps = 4;
constexpr double kThrottleUp_1ps = 12;
constexpr double kThrottleDown_1ps = 30;
constexpr double kBrake_1ps = 30;
/// Nearly full is full: nobody feels out 98 %.
constexpr double kFullFrom = 0.97;
/// Slowing that lifting the foot alone gives time for; less is not worth a touch of the brake.
constexpr double kBrakeFrom = 0.04;
constexpr double kBrakeUntil = 0.01;
constexpr double kWingOpen = 0.9;
constexpr double kWingShut = 0.5;
/// Fuel that an idle engine burns, as a share of full flow.
constexpr double kIdleFlow = 0.04;

double toward(double from, double to, double up, double down) {
  return to > from ? std::min(to, from + up) : std::max(to, from - down);
}

}  // namespace

Driver::Driver(const Path& path, const CarModel& car, const Forces& forces, const SpeedProfile& profile,
               const Conditions& conditions, const Drive& drive)
    : path_(path),
      forces_(forces),
      drive_(drive),
      drs_(conditions.drs),
      fuel_flow_kgps_(car.fuel_flow_kgps * drive.power),
      cells_per_m_(1 / path.step_m) {
  v_.reserve(profile.speed_squared().size());
  for (const double w : profile.speed_squared()) v_.push_back(std::sqrt(w));
  apex_ = apexes_ahead(v_, path.closed ? profile.slowest() : v_.size() - 1);
}

Driver::Plan Driver::plan_at(double l) const {
  const std::size_t cells = path_.cells();
  double at = l * cells_per_m_;
  if (at >= static_cast<double>(cells)) {
    at = path_.closed ? at - static_cast<double>(cells) : static_cast<double>(cells);
  }
  const std::size_t i = std::min(static_cast<std::size_t>(at), cells - 1);
  const double share = at - static_cast<double>(i);
  const double w0 = v_[i] * v_[i];
  const double gain = v_[i + 1] * v_[i + 1] - w0;
  const std::vector<double>& bend = path_.curvature_1pm;
  return {std::sqrt(std::max(0.0, w0 + gain * share)), 0.5 * cells_per_m_ * gain,
          bend[i] + (bend[i + 1] - bend[i]) * share, apex_[i]};
}

DriverState Driver::begin_at(double l) const {
  DriverState state;
  const Plan plan = plan_at(l);
  state.l = l;
  state.v = static_cast<double>(static_cast<float>(plan.v));
  state.gearbox = Gearbox(state.v);
  const double wanted_n = forces_.inertia_kg() * plan.a + forces_.resistance_n(state.v * state.v, false);
  const double engine_n = forces_.engine_n(state.v, state.gearbox.gear());
  if (wanted_n > 0) state.throttle = std::min(1.0, wanted_n / engine_n);
  return state;
}

void Driver::press(DriverState& state, double wanted_n, double engine_n) const {
  double throttle = 0;
  double brake = 0;
  if (wanted_n > 0) {
    throttle = wanted_n >= kFullFrom * engine_n ? 1 : wanted_n / engine_n;
  } else {
    brake = std::min(1.0, std::max(0.0, -wanted_n - forces_.engine_brake_n()) / forces_.full_brake_n());
    if (brake < (state.brake > 0 ? kBrakeUntil : kBrakeFrom)) brake = 0;
  }
  // One foot at a time.
  if (state.brake > 0) throttle = 0;
  state.throttle = toward(state.throttle, throttle, kThrottleUp_1ps * kStep_s, kThrottleDown_1ps * kStep_s);
  if (state.throttle > 0) brake = 0;
  state.brake = toward(state.brake, brake, kBrake_1ps * kStep_s, kBrake_1ps * kStep_s);
}

double Driver::force_n(const DriverState& state, double wanted_n, double engine_n) const {
  if (state.throttle > 0) return state.gearbox.changing() ? 0 : state.throttle * engine_n;
  if (state.brake > 0) return -state.brake * forces_.full_brake_n() - forces_.engine_brake_n();
  return -std::min(forces_.engine_brake_n(), std::max(0.0, -wanted_n));
}

void Driver::work_wing(DriverState& state) const {
  if (!drs_ || state.brake > 0 || state.throttle < (state.drs ? kWingShut : kWingOpen)) {
    state.drs = false;
    return;
  }
  const double length = path_.length_m();
  const double l = path_.closed && state.l >= length ? state.l - length : state.l;
  state.drs = std::any_of(drive_.drs.begin(), drive_.drs.end(),
                          [l](const Stretch& stretch) { return l >= stretch.begin_m && l < stretch.end_m; });
}

void Driver::keep_limit(double l, double& v) const {
  if (path_.limit_mps.empty()) return;
  const auto i = static_cast<std::size_t>(l * cells_per_m_);
  const double limit = path_.limit_mps[std::min(i, path_.cells())];
  if (is_limited(limit)) v = std::min(v, limit);
}

void Driver::step(DriverState& state) const {
  const Plan plan = plan_at(state.l);
  const Plan ahead = plan_at(state.l + kLookAhead_s * state.v);
  const double w = state.v * state.v;
  const double lateral = forces_.lateral_limit_mps2(w);
  const double share = forces_.share_left(w, plan.curvature, lateral);
  const double inertia = forces_.inertia_kg();
  const double resistance = forces_.resistance_n(w, state.drs);
  const double most = forces_.traction_n(state.v, w, share);
  const double least = resistance - inertia * forces_.braking_mps2(w, share, lateral);
  const double a_wanted = ahead.a + kFeedback_1ps * (plan.v - state.v);
  const double wanted = std::max(least, std::min(most, inertia * a_wanted + resistance));
  const double engine = forces_.engine_n(state.v, state.gearbox.gear());
  press(state, wanted, engine);
  work_wing(state);
  const double a = (force_n(state, wanted, engine) - resistance) / inertia;

  double v = std::max(0.0, state.v + a * kStep_s);
  keep_limit(state.l, v);
  v = static_cast<double>(static_cast<float>(v));
  const double gained = (v - state.v) / kStep_s;
  const double sideways = w * plan.curvature;
  state.work += (gained * gained + sideways * sideways) * kStep_s;
  state.fuel_kg += fuel_flow_kgps_ * std::max(kIdleFlow, state.throttle) * kStep_s;
  const double v_soon = plan_at(state.l + kShiftAhead_s * state.v).v;
  state.gearbox.step({state.v, v_soon, plan.apex, state.throttle, state.brake});
  state.l += (state.v + v) / 2 * kStep_s;
  state.v = v;
}

}  // namespace racesim::race
