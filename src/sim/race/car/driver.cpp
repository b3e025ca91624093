#include "sim/race/car/driver.h"

namespace racesim::race {
namespace {

constexpr double kStep_s = kTemplateStep_s;
/// The feet need time: the driver acts for where he will be.
constexpr double kLookAhead_s = 0.05;
constexpr double kShiftAhead_s = 0.4;
constexpr double kFeedback_1ps = 6;
constexpr double kThrottleUp_1ps = 12;
constexpr double kThrottleDown_1ps = 30;
constexpr double kBrake_1ps = 30;
constexpr double kCalm_1ps = 0.5;
constexpr double kCalmGain_1ps = 8;
/// A driver who is late feels the tyres hold a little more than he planned for.
constexpr double kGripReserve = 1.05;
/// Who arrives too fast still slows a little, sliding.
constexpr double kLeastBraking = 0.25;
/// Nearly full is full: nobody feels out 98 %.
constexpr double kFullFrom = 0.97;
constexpr double kFullUntil = 0.9;
/// Less brake is not worth a touch, unless he is late by that much, but once touched it is trailed into the
/// bend until power is wanted again.
constexpr double kBrakeFrom = 0.08;
constexpr double kBrakeTrailed = 0.02;
constexpr double kLate_mps = 0.3;
constexpr double kPowerFrom_g = 0.2;
/// What still gets through while a seamless gearbox changes up.
constexpr double kChanging = 0.5;
/// The pedal of a driver who leaves the speed to the pit lane's limiter: pressed, but not to the floor. The
/// limiter, and not the pedal, says what the engine gives.
constexpr double kOnLimiter = 0.2;
constexpr double kNearLimit = 0.98;
constexpr double kWingOpen = 0.9;
constexpr double kWingShut = 0.5;
/// Fuel that an idle engine burns, as a share of full flow.
constexpr double kIdleFlow = 0.04;

/// How fast a foot moves for a gap: calmly for a small one.
double calm(double gap, double fastest_1ps) {
  return std::min(fastest_1ps, kCalm_1ps + kCalmGain_1ps * gap);
}

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
  const std::vector<double>& w = profile.speed_squared();
  std::vector<double> v(w.size());
  for (std::size_t i = 0; i < w.size(); ++i) v[i] = std::sqrt(w[i]);
  const std::vector<double> apex = apexes_ahead(v, path.closed ? profile.slowest() : v.size() - 1);
  const std::vector<double>& bend = profile.curvature_1pm();
  plan_.reserve(path.cells());
  for (std::size_t i = 0; i < path.cells(); ++i) {
    plan_.push_back({w[i], w[i + 1] - w[i], bend[i], bend[i + 1] - bend[i], apex[i], path.terrain_at(i)});
  }
}

const Driver::Cell& Driver::cell_at(double l, double& share) const {
  const auto cells = static_cast<double>(plan_.size());
  double at = l * cells_per_m_;
  if (at >= cells) at = path_.closed ? at - cells : cells;
  const std::size_t i = std::min(static_cast<std::size_t>(at), plan_.size() - 1);
  share = at - static_cast<double>(i);
  return plan_[i];
}

Driver::Plan Driver::plan_at(double l) const {
  double share;
  const Cell& cell = cell_at(l, share);
  return {std::sqrt(std::max(0.0, cell.w + cell.w_gain * share)), 0.5 * cells_per_m_ * cell.w_gain,
          cell.curvature + cell.curvature_gain * share, cell.apex, cell.terrain};
}

double Driver::planned_mps(double l) const {
  return plan_at(l).v;
}

DriverState Driver::begin_at(double l) const {
  DriverState state;
  const Plan plan = plan_at(l);
  state.l = l;
  state.v = static_cast<double>(static_cast<float>(plan.v));
  state.gearbox = Gearbox(state.v);
  const Pedals pedals =
      forces_.pedals_for(state.v, plan.a, plan.curvature, state.gearbox.gear(), false, plan.terrain);
  state.throttle = state.pedal = pedals.throttle;
  state.brake = pedals.brake;
  return state;
}

void Driver::press(DriverState& state, double wanted_n, double engine_n, double excess_mps) const {
  double throttle = 0;
  double brake = 0;
  // A foot on the brake stays there until power is wanted for more than a moment.
  if (wanted_n > (state.brake > 0 ? kPowerFrom_g * kGravity_mps2 * forces_.mass_kg() : 0)) {
    const double full = state.throttle < 1 ? kFullFrom : kFullUntil;
    throttle = wanted_n >= full * engine_n ? 1 : wanted_n / engine_n;
  } else {
    brake = std::min(1.0, std::max(0.0, -wanted_n - forces_.engine_brake_n()) / forces_.full_brake_n());
    if (state.brake > 0) {
      brake = std::max(brake, kBrakeTrailed);
    } else if (brake < (excess_mps > kLate_mps ? kBrakeTrailed : kBrakeFrom)) {
      brake = 0;
    }
  }
  // One foot at a time.
  if (state.brake > 0) throttle = 0;
  const double gap = std::abs(throttle - state.throttle);
  const double down = wanted_n > 0 ? calm(gap, kThrottleDown_1ps) : kThrottleDown_1ps;
  state.throttle = toward(state.throttle, throttle, calm(gap, kThrottleUp_1ps) * kStep_s, down * kStep_s);
  if (state.throttle > 0) brake = 0;
  state.brake = toward(state.brake, brake, kBrake_1ps * kStep_s, kBrake_1ps * kStep_s);
}

double Driver::force_n(const DriverState& state, double wanted_n, double engine_n) const {
  if (state.throttle > 0) return (state.gearbox.changing() ? kChanging : 1) * state.throttle * engine_n;
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

double Driver::limit_at(double l) const {
  if (path_.limit_mps.empty()) return kSpeedBound_mps;
  const auto i = static_cast<std::size_t>(l * cells_per_m_);
  return std::min(kSpeedBound_mps, path_.limit_mps[std::min(i, path_.cells())]);
}

void Driver::rest_foot(DriverState& state) const {
  const double limit = limit_at(state.l);
  const bool held = is_limited(limit) && state.v > kNearLimit * limit && state.brake <= 0;
  const double wanted = held ? std::max(kOnLimiter, state.throttle) : state.throttle;
  state.pedal = state.brake > 0 ? 0 : toward(state.pedal, wanted, kThrottleUp_1ps * kStep_s, 1);
  state.pedal = std::max(state.pedal, state.throttle);
}

void Driver::change_gear(DriverState& state, double apex) const {
  const bool near = rpm_at(state.gearbox.gear(), state.v) >= kShiftUp_rpm;
  const double v_soon = near ? planned_mps(state.l + kShiftAhead_s * state.v) : state.v;
  state.gearbox.step({state.v, v_soon, apex, state.throttle, state.brake});
}

void Driver::step(DriverState& state) const {
  const Plan plan = plan_at(state.l);
  double unused;
  const double a_ahead = 0.5 * cells_per_m_ * cell_at(state.l + kLookAhead_s * state.v, unused).w_gain;
  const double w = state.v * state.v;
  const double lateral = kGripReserve * forces_.lateral_limit_mps2(w, plan.terrain);
  const Forces::Circle circle = forces_.circle(w, plan.curvature, lateral);
  const double inertia = forces_.inertia_kg();
  const double resistance =
      forces_.resistance_n(w, state.drs, plan.terrain) + forces_.scrub_n(circle.used, lateral);
  const double most = forces_.traction_n(state.v, w, circle.left, plan.terrain);
  const double least = resistance - inertia * forces_.braking_mps2(w, std::max(kLeastBraking, circle.left),
                                                                   lateral, plan.terrain);
  const double a_wanted = a_ahead + kFeedback_1ps * (plan.v - state.v);
  const double wanted = std::max(least, std::min(most, inertia * a_wanted + resistance));
  const double engine = forces_.engine_n(state.v, state.gearbox.gear());
  press(state, wanted, engine, state.v - plan.v);
  work_wing(state);
  const double a = (force_n(state, wanted, engine) - resistance) / inertia;

  double v = std::max(0.0, state.v + a * kStep_s);
  v = std::min(v, limit_at(state.l + v * kStep_s));
  v = static_cast<double>(static_cast<float>(v));
  change_gear(state, plan.apex);
  rest_foot(state);
  advance(state, v, plan.curvature);
}

void Driver::advance(DriverState& state, double v, double curvature) const {
  const double gained = (v - state.v) / kStep_s;
  const double sideways = state.v * state.v * curvature;
  state.work += (gained * gained + sideways * sideways) * kStep_s;
  state.fuel_kg += fuel_flow_kgps_ * std::max(kIdleFlow, state.throttle) * kStep_s;
  state.l += (state.v + v) / 2 * kStep_s;
  state.v = v;
}

void Driver::roll(DriverState& state, double v) const {
  const Plan plan = plan_at(state.l);
  const Pedals pedals = forces_.pedals_for(state.v, (v - state.v) / kStep_s, plan.curvature,
                                           state.gearbox.gear(), false, plan.terrain);
  state.throttle = state.pedal = 0;
  state.brake = pedals.brake;
  state.drs = false;
  change_gear(state, 0);
  advance(state, v, plan.curvature);
}

}  // namespace racesim::race
