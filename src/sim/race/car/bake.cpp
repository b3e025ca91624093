#include <cmath>

#include "base/check.h"
#include "sim/race/car/drive.h"
#include "sim/race/car/driver.h"

namespace racesim::race {
namespace {

std::uint8_t percent(double share) { return static_cast<std::uint8_t>(share * 100 + 0.5); }

Template::Sample sample_of(const DriverState& state) {
  Template::Sample sample{};
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

}  // namespace

Template bake(const Path& path, const CarModel& car, const Conditions& conditions, const Drive& drive) {
  const Forces forces(car, conditions, drive.power);
  const SpeedProfile profile(path, forces, conditions, drive);
  const Driver driver(path, car, forces, profile, conditions, drive);
  const double length = path.length_m();
  DriverState state = driver.begin_at(0);
  if (path.closed) {
    state = driver.begin_at(path.step_m * static_cast<double>(profile.slowest()));
    while (state.l < length) driver.step(state);
    state.l -= length;
    state.fuel_kg = state.work = 0;
    state.l = 0;
  }
  Template out;
  out.samples.reserve(static_cast<std::size_t>(profile.duration_s(path.step_m) * 103) + 16);
  out.samples.push_back(sample_of(state));
  while (state.l < length) {
    driver.step(state);
    out.samples.push_back(sample_of(state));
    if (state.v == 0) break;
  }
  out.duration_s = out.time_at(length);
  out.fuel_kg = state.fuel_kg;
  out.work_m2ps3 = state.work;
  return out;
}

}  // namespace racesim::race
