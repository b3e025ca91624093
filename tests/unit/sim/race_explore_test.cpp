#include <gtest/gtest.h>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include "support/race_world.h"
namespace racesim::race_test {
namespace {
struct Worst { double value = 0; TelemetryRow row{}; long over = 0; void see(double v, const TelemetryRow& r, double limit) { if (v > limit) ++over; if (v > value) { value = v; row = r; } } };
TEST(Explore, Invariants) {
  const char* seed = std::getenv("SEED");
  const char* lapsv = std::getenv("LAPS");
  auto scenario = make_race(race_config(20, lapsv ? static_cast<std::uint32_t>(std::atoi(lapsv)) : 52, seed ? static_cast<std::uint64_t>(std::atoi(seed)) : 42));
  std::map<std::uint16_t, TelemetryRow> before;
  std::map<std::string, Worst> worst;
  std::map<std::string, std::map<int, long>> hist;
  long printed = 0;
  Listener out([&](const TelemetryRow& r) {
    auto it = before.find(r.car);
    if (it == before.end()) { before[r.car] = r; return; }
    const TelemetryRow p = it->second; it->second = r;
    const double dt = 0.01;
    const double v0 = p.speed_dkmh / 36.0, v1 = r.speed_dkmh / 36.0;
    const double dx = (r.x_cm - p.x_cm) / 100.0, dy = (r.y_cm - p.y_cm) / 100.0;
    const double chord = std::sqrt(dx * dx + dy * dy);
    worst["chord"].see(std::abs(chord - (v0 + v1) / 2 * dt), r, 0.016);
    const double a0 = p.lon_cg * 0.0980665, a1 = r.lon_cg * 0.0980665;
    worst["dv"].see(std::abs(v1 - v0), r, 0.62);
    worst["dv-a"].see(std::abs(v1 - v0 - (a0 + a1) / 2 * dt), r, 0.1);
    if (std::abs(v1 - v0 - (a0 + a1) / 2 * dt) > 0.15 && printed++ < 60)
      std::printf("dv-a car %d lap %d s %.1f t %.2f v %.2f->%.2f a %.2f->%.2f st %d\n", r.car, r.lap, r.lap_distance_mm / 1e3, r.session_time_ms / 1e3, v0, v1, a0, a1, (int)r.status);
    worst["da"].see(std::abs(a1 - a0), r, 15);
    worst["dlat"].see(std::abs(r.lat_cg - p.lat_cg) / 100.0, r, 0.5);
    worst["fuel up"].see(r.fuel_g - p.fuel_g, r, 0);
    worst["fuel fall"].see(p.fuel_g - r.fuel_g, r, 1);
    worst["wear up"].see(r.tyre_wear_dpct - p.tyre_wear_dpct, r, 1);
    worst["wear down"].see(r.status == CarStatus::pit ? 0 : p.tyre_wear_dpct - r.tyre_wear_dpct, r, 0);
    const double prog0 = p.lap * 5891.0 + p.lap_distance_mm / 1e3, prog1 = r.lap * 5891.0 + r.lap_distance_mm / 1e3;
    worst["back"].see(prog0 - prog1, r, 0);
    worst["fwd"].see(prog1 - prog0 - (v0 + v1) / 2 * dt, r, 0.2);
    worst["lap jump"].see(std::abs(int(r.lap) - int(p.lap)), r, 1);
    worst["lon max"].see(a1 / 9.80665, r, 2); worst["lon min"].see(-a1 / 9.80665, r, 5.6);
    worst["lat"].see(std::abs(r.lat_cg) / 100.0, r, 6.4);
    worst["v"].see(v1 * 3.6, r, 338);
    worst["gear jump"].see(r.gear && p.gear ? std::abs(int(r.gear) - int(p.gear)) : 0, r, 1);
    worst["rpm"].see(r.engine_rpm, r, 12500);
    worst["thr+brk"].see(std::min(r.throttle_pct, r.brake_pct), r, 0);
    worst["thr jump"].see(std::abs(int(r.throttle_pct) - int(p.throttle_pct)), r, 35);
    worst["brk jump"].see(std::abs(int(r.brake_pct) - int(p.brake_pct)), r, 35);
  });
  play(*scenario, out);
  for (auto& [name, w] : worst)
    std::printf("%-10s %9.4f over %6ld  car %d lap %d s %.1f t %.2f v %.1f status %d\n", name.c_str(), w.value, w.over, w.row.car, w.row.lap, w.row.lap_distance_mm / 1e3, w.row.session_time_ms / 1e3, w.row.speed_dkmh / 10.0, (int)w.row.status);
}
}}
