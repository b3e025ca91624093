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
  sample.throttle_pct = percent(state.throttle);
  sample.brake_pct = percent(state.brake);
  sample.gear = static_cast<std::uint8_t>(state.gearbox.gear());
  sample.drs = state.drs;
  return sample;
}

/// The state at the end of a closed path, as it is after a lap, put at the begin of the next.
DriverState flying_start(const Driver& driver, const SpeedProfile& profile, const Path& path) {
  const double length = path.length_m();
  DriverState state = driver.begin_at(path.step_m * static_cast<double>(profile.last_apex()));
  DriverState before = state;
  while (state.l < length) {
    before = state;
    driver.step(state);
  }
  const double a = (state.v - before.v) / kTemplateStep_s;
  state.v = as_kept(std::sqrt(before.v * before.v + 2 * a * (length - before.l)));
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

}  // namespace

Template bake(const Path& path, const CarModel& car, const Conditions& conditions, const Drive& drive) {
  const Forces forces(car, conditions, drive.power);
  const SpeedProfile profile(path, forces, conditions, drive);
  const Driver driver(path, car, forces, profile, conditions, drive);
  const double length = path.length_m();
  const bool stops = !path.closed && drive.end_speed_mps <= 0;
  const double end = stops ? path.step_m * static_cast<double>(profile.roll_out()) : length;
  DriverState state = path.closed ? flying_start(driver, profile, path) : open_start(driver, drive);
  Template out;
  out.samples.reserve(static_cast<std::size_t>(profile.duration_s(path.step_m) * 102) + 400);
  out.samples.push_back(sample_of(state));
  for (int at_rest = 0; state.l < end && at_rest < kGivenUp_steps;) {
    driver.step(state);
    out.samples.push_back(sample_of(state));
    at_rest = state.v > 0 ? 0 : at_rest + 1;
  }
  if (stops && state.v > 0) come_to_rest(out, state, driver, length);
  if (path.closed) close_lap(out, length);
  out.duration_s = out.time_at(length);
  out.fuel_kg = state.fuel_kg;
  out.work_m2ps3 = state.work;
  const double per_lap = path.closed ? state.work : drive.lap_work_m2ps3;
  for (Sample& sample : out.samples) {
    sample.wear = per_lap > 0 ? static_cast<float>(static_cast<double>(sample.wear) / per_lap) : 0;
  }
  out.wear = per_lap > 0 ? state.work / per_lap : 0;
  return out;
}

}  // namespace racesim::race
