#include "sim/fleet/drive/driver.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/fleet/plan/draws.h"

namespace racesim::fleet {
namespace {

enum What : std::uint64_t { kPaceHere, kQueue, kYield, kYieldStop, kYieldWait, kHard, kWave, kShift, kIdle };

constexpr double kNearlyWanted = 0.985;  // of the wanted speed: from there on he cruises
constexpr std::array kSteps{0.3, 0.5, 0.68, 0.82, 0.92, kNearlyWanted};
constexpr double kLeast_m = 1e-6;  // shorter than that is nothing

double braking_m(double from_mps, double to_mps, double brake_mps2) {
  return std::max(0.0, (from_mps * from_mps - to_mps * to_mps) / (2 * brake_mps2));
}

}  // namespace

Driver::Driver(const Vehicle& vehicle, const Trip& trip) : trip_(trip), vehicle_(&vehicle) {
  s_m_ = trip.begin_m;
  known_fuel_l_ = trip.course->fuel_until_l(trip.begin_m);
  known_tank_l_ = trip.fuel_l;
  section_ = static_cast<std::uint32_t>(trip.course->section_at(trip.begin_m));
  wanted_mps_ = wanted_mps(section_);
  look_at_line();
}

std::uint64_t Driver::section_draw(std::size_t i, std::uint64_t what) const {
  return mix64(trip_.key + (i * 16 + what) * kGoldenGamma);
}

/// What he would drive in that section on a free road.
double Driver::wanted_mps(std::size_t i) const {
  const Section& at = trip_.course->sections[i];
  const double pace = double{vehicle_->pace[static_cast<std::size_t>(at.type)]};
  // The same wherever the limit is the same: he does not change his mind at every bend.
  const double today = 1 + 0.02 * roughly_normal(section_draw(at.limit_kmh, kPaceHere));
  const double free_mps = at.limit_kmh / 3.6 * pace * today;
  if (at.radius_m <= 0) return free_mps;
  return std::min(free_mps, std::sqrt(double{vehicle_->lateral_mps2} * double{at.radius_m}));
}

double Driver::rpm_in(unsigned gear, double v_mps) const {
  return std::max<double>(vehicle_->idle_rpm, v_mps * rpm_per_mps(gear));
}

double Driver::shift_up_rpm() const {
  if (!hard_) return vehicle_->up_rpm;
  return double{vehicle_->redline_rpm} + between(section_draw(section_, kShift), -50, 250);
}

/// The highest one in which the engine still turns well.
unsigned Driver::cruising_gear() const {
  const double least_rpm = 0.6 * double{vehicle_->up_rpm};
  unsigned gear = gear_;
  while (gear < vehicle_->gears && v_mps_ * rpm_per_mps(gear + 1) >= least_rpm) ++gear;
  return gear;
}

double Driver::fuel_l() const {
  return known_tank_l_ -
         double{vehicle_->fuel_factor} * (trip_.course->fuel_l(section_, s_m_) - known_fuel_l_);
}

/// The highest speed at the section's end from which all that is known ahead can be met by usual braking.
void Driver::find_exit_speed() {
  const Course& course = *trip_.course;
  const double from_m = section_end_m(section_);
  double squared = wanted_mps_ * wanted_mps_;
  const auto allow = [&](double v_mps, double at_m) {
    squared = std::min(squared, v_mps * v_mps + 2 * brake_mps2_ * std::max(0.0, at_m - from_m));
  };
  const double far_m = from_m + braking_m(wanted_mps_, 0, brake_mps2_);
  for (std::size_t i = section_; i < course.size(); ++i) {
    const Line line = course.sections[i].line;
    if (i > section_) allow(wanted_mps(i), course.sections[i].begin_m);
    if (line == Line::give_way) allow(between(section_draw(i, kYield), 2.2, 4.5), section_end_m(i));
    if (line == Line::station && fuels()) allow(0, section_end_m(i));
    if (section_end_m(i) > far_m) break;
  }
  allow(0, std::min(trip_.end_m, stop_m_));
  exit_mps_ = std::sqrt(squared);
}

/// Finds the next line, or the trip's end, and whether he has to stop there.
void Driver::look_at_line() {
  const Course& course = *trip_.course;
  const std::size_t last = course.section_at(trip_.end_m);
  std::size_t i = section_;
  while (i < last && !uses(course.sections[i].line)) ++i;
  line_section_ = static_cast<std::uint32_t>(i);
  stop_m_ = kNever;
  release_s_ = kNever;
  brake_mps2_ = double{vehicle_->brake_mps2};
  pieces_left_ = -1;
  const double line_m = section_end_m(i);
  const double before_m = (line_m - std::max(course.sections[i].begin_m, s_m_)) / 2;
  if (i == last) {
    stop_m_ = trip_.end_m;
  } else if (course.sections[i].line == Line::station) {
    stop_m_ = line_m;
  } else if (course.sections[i].line == Line::give_way) {
    if (unit(section_draw(i, kYieldStop)) < 0.3) stop_m_ = line_m - std::min(before_m, 1.5);
  } else {
    // Others may stand before him.
    const double queue = unit(section_draw(i, kQueue));
    stop_for_light(course.sections[i].light, line_m - std::min(before_m, 1.5 + 12 * queue * queue));
  }
  find_exit_speed();
}

/// He stops if it will be red when he gets there, unless he is too near to.
void Driver::stop_for_light(const Signal& light, double stop_m) {
  find_exit_speed();
  const double at_s = arrival_at_line_s();
  const std::uint32_t phase =
      phase_ms(light, trip_.depart_us / 1000 + static_cast<std::int64_t>(at_s * 1000));
  if (phase >= light.red_ms) return;
  const double needed_mps2 = v_mps_ * v_mps_ / (2 * std::max(0.01, stop_m - s_m_));
  if (needed_mps2 > kMostBrake_mps2) return;
  stop_m_ = stop_m;
  brake_mps2_ = std::max(brake_mps2_, needed_mps2);
  release_s_ = at_s + (light.red_ms - phase) / 1000.0 + double{vehicle_->reaction_s};
}

/// If nothing stops him.
double Driver::arrival_at_line_s() const {
  Driver other = *this;
  other.rehearses_ = true;
  Motion piece;
  while (other.section_ <= line_section_ && other.next(piece)) {
  }
  return other.t_s_;
}

/// From where he stands or slows down.
void Driver::go_on() {
  stop_m_ = kNever;
  release_s_ = kNever;
  brake_mps2_ = double{vehicle_->brake_mps2};
  pieces_left_ = -1;
  phase_ = Phase::driving;
  find_exit_speed();
}

void Driver::enter_next_section() {
  s_m_ = section_end_m(section_);
  const bool passes_line = section_ == line_section_;
  ++section_;
  wanted_mps_ = wanted_mps(section_);
  pieces_left_ = -1;
  if (!passes_line) return find_exit_speed();
  if (!rehearses_) look_at_line();
}

bool Driver::next(Motion& out) {
  switch (phase_) {
    case Phase::setting_off:
      set_off(out);
      return true;
    case Phase::driving:
      return drive(out);
    case Phase::waiting:
      wait(out);
      return true;
    case Phase::arrived:
      return false;
  }
  return false;
}

void Driver::set_off(Motion& out) {
  hard_ = unit(section_draw(section_, kHard)) < double{vehicle_->hard_share};
  phase_ = Phase::driving;
  stand(out, between(section_draw(section_, kIdle), 2, 5), true);
}

void Driver::wait(Motion& out) {
  const bool at_end = stop_m_ == trip_.end_m;
  const Line line = trip_.course->sections[line_section_].line;
  hard_ = unit(section_draw(section_, kHard)) < double{vehicle_->hard_share};
  if (at_end) {
    phase_ = Phase::arrived;
    return stand(out, 2.5, true);
  }
  if (line == Line::station) return fuel_up(out);
  const double until_s =
      line == Line::signal ? release_s_ : t_s_ + between(section_draw(section_, kYieldWait), 1, 8);
  go_on();
  stand(out, std::max(0.05, until_s - t_s_), true);
}

/// Engine off, the tank filled, paid, engine on.
void Driver::fuel_up(Motion& out) {
  switch (step_++) {
    case 0:
      return stand(out, 45, false);
    case 1: {
      stand(out, 110, false);
      out.fuel_lps = (trip_.refuelled_l - out.fuel_l) / 110;
      known_tank_l_ = trip_.refuelled_l;
      known_fuel_l_ = trip_.course->fuel_l(section_, s_m_);
      fuelled_ = true;
      return;
    }
    case 2:
      return stand(out, 95, false);
    default:
      go_on();
      return stand(out, 3, true);
  }
}

bool Driver::drive(Motion& out) {
  for (;;) {
    if (s_m_ >= stop_m_ - kLeast_m) {
      phase_ = Phase::waiting;
      wait(out);
      return true;
    }
    if (s_m_ >= section_end_m(section_) - kLeast_m) {
      enter_next_section();
      if (rehearses_ && section_ > line_section_) return false;
      continue;
    }
    if (t_s_ >= release_s_) go_on();
    const double room_m = std::min(section_end_m(section_), stop_m_) - s_m_;
    if (!accelerate(out, room_m) && !cruise(out, room_m)) brake(out, room_m);
    return true;
  }
}

bool Driver::accelerate(Motion& out, double room_m) {
  if (v_mps_ >= wanted_mps_ * kNearlyWanted || pieces_left_ >= 0) return false;
  if (gear_ > 1 && v_mps_ * rpm_per_mps(gear_) < double{vehicle_->idle_rpm}) --gear_;
  double target_mps = wanted_mps_ * kNearlyWanted;
  for (const double step : kSteps)
    if (step * wanted_mps_ > v_mps_ + 0.05) {
      target_mps = step * wanted_mps_;
      break;
    }
  const double launched_mps = 1.15 * double{vehicle_->idle_rpm} / rpm_per_mps(1);
  const bool launches = gear_ == 1 && v_mps_ < launched_mps - kLeast_m;
  if (launches) {
    target_mps = std::min(target_mps, launched_mps);
  } else if (gear_ < vehicle_->gears) {
    const double shift_mps = shift_up_rpm() / rpm_per_mps(gear_);
    if (v_mps_ >= shift_mps - kLeast_m) {
      if (room_m > v_mps_ + braking_m(v_mps_, exit_mps(), brake_mps2_)) {
        shift(out, gear_ + 1U, -0.15);
        return true;
      }
      ++gear_;
    } else {
      target_mps = std::min(target_mps, shift_mps);
    }
  }
  const double middle_mps = (v_mps_ + target_mps) / 2;
  const double share = middle_mps / wanted_mps_;
  const double a = std::max(0.15, double{vehicle_->accel_mps2} * (hard_ ? 1.3 : 1.0) * (1 - middle_mps / 60) *
                                      (1 - share * share * share * share));
  const double e = exit_mps();
  const double b = brake_mps2_;
  if ((target_mps * target_mps - v_mps_ * v_mps_) / (2 * a) + braking_m(target_mps, e, b) > room_m) {
    const double reached = v_mps_ * v_mps_ + 2 * a * room_m;
    const double peak = (2 * a * b * room_m + b * v_mps_ * v_mps_ + a * e * e) / (a + b);
    // Not for the sake of less than half a metre per second; from a crawl he does.
    const double worth_mps = v_mps_ > 0.5 ? v_mps_ + 0.4 : v_mps_;
    if (reached > e * e && peak <= worth_mps * worth_mps) return false;
    target_mps = std::min(target_mps, std::sqrt(std::min(reached, peak)));
  }
  const double clutch_rpm = launches ? (hard_ ? 2400 : 1250) - 180 * v_mps_ : 0;
  emit(out, target_mps, (target_mps - v_mps_) / a, std::max(rpm_in(gear_, v_mps_), clutch_rpm),
       rpm_in(gear_, target_mps));
  return true;
}

void Driver::shift(Motion& out, unsigned gear, double a_mps2) {
  const double duration_s = between(section_draw(section_, kShift), 0.35, 0.7);
  const double rpm_begin = rpm_in(gear_, v_mps_);
  const double end_mps = v_mps_ + a_mps2 * duration_s;
  gear_ = static_cast<std::uint8_t>(gear);
  emit(out, end_mps, duration_s, rpm_begin, rpm_in(gear, end_mps));
}

/// Three pieces a wave, faster, slower, faster: its mean is the speed at its begin.
bool Driver::cruise(Motion& out, double room_m) {
  if (pieces_left_ < 0) {
    const double free_m = room_m - braking_m(v_mps_, exit_mps(), brake_mps2_);
    hard_ = false;
    if (free_m < 0.3 * v_mps_ + kLeast_m) return false;
    const unsigned gear = cruising_gear();
    if (gear > gear_ && free_m > 2 * v_mps_) {
      shift(out, gear_ + 1U, 0);
      return true;
    }
    const double wave_s = between(section_draw(section_, kWave), 8, 15);
    const double waves = std::max(1.0, std::floor(free_m / (v_mps_ * wave_s) + 0.5));
    cruise_mps_ = v_mps_;
    wave_s_ = free_m / (v_mps_ * waves);
    pieces_left_ = static_cast<std::int32_t>(3 * waves);
  }
  if (pieces_left_ == 0) return false;
  --pieces_left_;
  const std::uint64_t bits =
      mix64(section_draw(section_, kWave) + static_cast<std::uint64_t>(pieces_left_ / 3));
  const double height_mps = std::min(0.02 * cruise_mps_, 0.05 * wave_s_) * between(bits, 0.3, 1.3);
  const bool middle = pieces_left_ % 3 == 1;
  const double end_mps = middle ? v_mps_ - 2 * height_mps : v_mps_ + height_mps;
  emit(out, end_mps, wave_s_ * (middle ? 0.5 : 0.25), rpm_in(gear_, v_mps_), rpm_in(gear_, end_mps));
  return true;
}

void Driver::brake(Motion& out, double room_m) {
  const double e = exit_mps();
  if (v_mps_ <= e + kLeast_m) {
    emit(out, v_mps_, room_m / v_mps_, rpm_in(gear_, v_mps_), rpm_in(gear_, v_mps_));
    s_m_ = std::min(section_end_m(section_), stop_m_);
    return;
  }
  const double b = (v_mps_ * v_mps_ - e * e) / (2 * room_m);
  // Not down to the first, which is for setting off: he rolls out with the clutch down.
  while (gear_ > 2 && v_mps_ <= double{vehicle_->down_rpm} / rpm_per_mps(gear_) + kLeast_m) --gear_;
  const double clutch_mps = double{gear_ > 2 ? vehicle_->down_rpm : vehicle_->idle_rpm} / rpm_per_mps(gear_);
  double target_mps = e;
  if (clutch_mps < v_mps_ - kLeast_m) target_mps = std::max(target_mps, clutch_mps);
  double duration_s = (v_mps_ - target_mps) / b;
  if (t_s_ + duration_s > release_s_) {
    duration_s = release_s_ - t_s_;
    target_mps = v_mps_ - b * duration_s;
  }
  const bool to_the_end = target_mps == e;
  emit(out, target_mps, duration_s, rpm_in(gear_, v_mps_), rpm_in(gear_, target_mps));
  if (to_the_end) s_m_ = std::min(section_end_m(section_), stop_m_);
}

void Driver::emit(Motion& out, double end_mps, double duration_s, double rpm_begin, double rpm_end) {
  const Section& at = section();
  out.begin_s = t_s_;
  out.end_s = t_s_ + duration_s;
  out.s_m = s_m_;
  out.v_mps = v_mps_;
  out.a_mps2 = (end_mps - v_mps_) / duration_s;
  out.fuel_l = fuel_l();
  t_s_ += duration_s;
  s_m_ += (v_mps_ + end_mps) / 2 * duration_s;
  v_mps_ = end_mps;
  out.fuel_lps = (fuel_l() - out.fuel_l) / duration_s;
  out.rpm = static_cast<float>(rpm_begin);
  out.rpm_ps = static_cast<float>((rpm_end - rpm_begin) / duration_s);
  out.gear = gear_;
  out.road_type = at.type;
  out.limit_kmh = at.limit_kmh;
}

void Driver::stand(Motion& out, double duration_s, bool engine_on) {
  v_mps_ = 0;
  gear_ = 1;
  const double rpm = engine_on ? double{vehicle_->idle_rpm} : 0;
  emit(out, 0, duration_s, rpm, rpm);
  if (!engine_on) out.gear = 0;
}

}  // namespace racesim::fleet
