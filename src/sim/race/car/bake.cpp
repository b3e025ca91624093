#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "sim/race/car/drive.h"
#include "sim/race/car/driver.h"

namespace racesim::race {
namespace {

using Sample = Template::Sample;

/// A car that stands this long before its path's end will not get there.
constexpr int kGivenUp_steps = 100;
/// Driven beyond a lap's end, for the smoothing to draw on.
constexpr double kSpare_m = 3;
/// No path takes longer; a plan for a car that stands still somewhere would.
constexpr double kLongest_s = 300;

std::uint8_t percent(double share) {
  return static_cast<std::uint8_t>(share * 100 + 0.5);
}

double as_kept(double v) {
  return static_cast<double>(static_cast<float>(v));
}

Sample sample_of(const DriverState& state) {
  Sample sample{};
  sample.l_m = state.l;
  sample.v_mps = static_cast<float>(state.v);
  sample.fuel_kg = static_cast<float>(state.fuel_kg);
  sample.wear = static_cast<float>(state.work);
  sample.throttle_pct = percent(state.pedal);
  sample.brake_pct = percent(state.brake);
  sample.gear = static_cast<std::uint8_t>(state.gearbox.gear());
  sample.drs = state.drs;
  return sample;
}

/// Drives on to `end` or to standstill; `each` sees every state behind the first.
template <class Each>
void drive_to(double end, const Driver& driver, DriverState& state, Each each) {
  for (int at_rest = 0; state.l < end && at_rest < kGivenUp_steps;) {
    driver.step(state);
    each(state);
    at_rest = state.v > 0 ? 0 : at_rest + 1;
  }
}

/// From the last apex before the end of a closed path over its end: the state there, put at the begin.
DriverState flying_start(const Driver& driver, const SpeedProfile& profile, const Path& path) {
  DriverState state = driver.begin_at(path.step_m * static_cast<double>(profile.last_apex()));
  const double length = path.length_m();
  double v = state.v;
  double l = state.l;
  drive_to(length, driver, state, [&](const DriverState& at) {
    if (at.l >= length) return;
    v = at.v;
    l = at.l;
  });
  const double a = (state.v - v) / kTemplateStep_s;
  state.v = as_kept(std::sqrt(std::max(0.0, v * v + 2 * a * (length - l))));
  state.l = state.fuel_kg = state.work = 0;
  return state;
}

DriverState open_start(const Driver& driver, const Drive& drive) {
  DriverState state = driver.begin_at(0);
  // Somewhat too fast for the plan is the driver's to mend; more than that no tyre would.
  constexpr double kTooFast = 1.03;
  state.v = as_kept(std::min(drive.begin_speed_mps, kTooFast * state.v));
  if (drive.begin_gear > 0) state.gearbox = Gearbox::in(drive.begin_gear);
  return state;
}

void place(std::vector<Sample>& samples, std::size_t first) {
  for (std::size_t i = std::max<std::size_t>(first, 1); i < samples.size(); ++i) {
    const double speeds = static_cast<double>(samples[i - 1].v_mps) + static_cast<double>(samples[i].v_mps);
    samples[i].l_m = samples[i - 1].l_m + speeds / 2 * kTemplateStep_s;
  }
}

/// The steps of two laps fall on different places, which leaves some mm/s between a lap's end and its begin:
/// spread over the last seconds.
void close_lap(Template& lap, double length) {
  constexpr std::size_t kSpread = 300;
  std::vector<Sample>& samples = lap.samples;
  const std::size_t spread = std::min(kSpread, samples.size() - 1);
  const std::size_t first = samples.size() - spread;
  for (int pass = 0; pass < 3; ++pass) {
    const double missing = static_cast<double>(samples[0].v_mps) - lap.speed_at(length);
    for (std::size_t i = first; i < samples.size(); ++i) {
      const double x = static_cast<double>(i + 1 - first) / static_cast<double>(spread);
      samples[i].v_mps += static_cast<float>(missing * x * x * (3 - 2 * x));
    }
    place(samples, first);
  }
  while (samples[samples.size() - 2].l_m >= length) samples.pop_back();
}

/// Comes to rest exactly at `length`: speed falls as v·(1−x)·(1 + c·x), x from 0 to 1, with c from the way
/// that is left. The way that rounding loses goes into the last moving sample.
void come_to_rest(Template& out, DriverState& state, const Driver& driver, double length) {
  const double v = state.v;
  const double way = length - state.l;
  const auto steps = std::max(3, static_cast<int>(2 * way / (v * kTemplateStep_s) + 0.5));
  double plain = 0.5;
  double bent = 0;
  for (int k = 1; k < steps; ++k) {
    const double x = static_cast<double>(k) / steps;
    plain += 1 - x;
    bent += x * (1 - x);
  }
  const double c = (way / (v * kTemplateStep_s) - plain) / bent;
  for (int k = 1; k <= steps; ++k) {
    const double x = static_cast<double>(k) / steps;
    double next = k == steps ? 0 : as_kept(v * (1 - x) * (1 + c * x));
    if (k == steps - 1) next = as_kept((length - state.l) / kTemplateStep_s - state.v / 2);
    driver.roll(state, std::max(0.0, next));
    out.samples.push_back(sample_of(state));
  }
  out.samples.back().l_m = length;
}

/// A lap from `state` on and some metres more. Returns the state in which the next lap begins.
DriverState drive_lap(double length, const Driver& driver, DriverState state, Template& out) {
  DriverState next = state;
  out.samples.assign(1, sample_of(state));
  drive_to(length + kSpare_m, driver, state, [&](const DriverState& at) {
    if (out.samples.back().l_m < length) next = at;
    out.samples.push_back(sample_of(at));
  });
  next.v = as_kept(out.speed_at(length));
  next.l = next.fuel_kg = next.work = 0;
  return next;
}

/// A flying lap. Where the run-up from the last apex does not tell how a lap begins, another lap does.
void fly(double length, const Driver& driver, DriverState state, Template& out) {
  constexpr int kLaps = 3;
  constexpr double kSame_mps = 0.05;
  for (int lap = 0; lap < kLaps; ++lap) {
    const DriverState next = drive_lap(length, driver, state, out);
    const bool same = next.gearbox.gear() == state.gearbox.gear() && std::abs(next.v - state.v) < kSame_mps;
    if (same) break;
    state = next;
  }
  close_lap(out, length);
}

/// Totals until the path's end, and wear as a share of `lap_work`, 0: of the drive itself. Until then samples
/// keep work in place of wear.
void sum_up(Template& out, double length, double lap_work) {
  out.duration_s = out.time_at(length);
  const Sample& last = out.samples.back();
  const Sample& before = out.samples[out.samples.size() - 2];
  const double share = out.duration_s / kTemplateStep_s - static_cast<double>(out.samples.size() - 2);
  const auto at_end = [share](float from, float to) {
    return static_cast<double>(from) + (static_cast<double>(to) - static_cast<double>(from)) * share;
  };
  out.fuel_kg = at_end(before.fuel_kg, last.fuel_kg);
  out.work_m2ps3 = at_end(before.wear, last.wear);
  if (lap_work <= 0) lap_work = out.work_m2ps3;
  const double per_work = lap_work > 0 ? 1 / lap_work : 0;
  out.wear = out.work_m2ps3 * per_work;
  for (Sample& sample : out.samples) {
    sample.wear = static_cast<float>(static_cast<double>(sample.wear) * per_work);
  }
}

}  // namespace

Template bake(const Path& path, const CarModel& car, const Conditions& conditions, const Drive& drive) {
  const Forces forces(car, conditions, drive.power);
  const SpeedProfile profile(path, forces, conditions, drive);
  const Driver driver(path, car, forces, profile, conditions, drive);
  const double length = path.length_m();
  const bool stops = !path.closed && drive.end_speed_mps <= 0;
  DriverState state = path.closed ? flying_start(driver, profile, path) : open_start(driver, drive);
  Template out;
  const double guess_s = std::min(profile.duration_s(path.step_m), kLongest_s);
  out.samples.reserve(static_cast<std::size_t>(guess_s * 102) + 400);
  out.samples.push_back(sample_of(state));
  const auto keep = [&out](const DriverState& at) { out.samples.push_back(sample_of(at)); };
  if (path.closed) {
    fly(length, driver, state, out);
  } else if (stops) {
    drive_to(path.step_m * static_cast<double>(profile.roll_out()), driver, state, keep);
    if (state.v > 0) come_to_rest(out, state, driver, length);
  } else {
    drive_to(length, driver, state, keep);
  }
  sum_up(out, length, path.closed ? 0 : drive.lap_work_m2ps3);
  return out;
}

}  // namespace racesim::race
