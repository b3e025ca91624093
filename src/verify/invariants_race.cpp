// The laws of cars: a sample follows from the one before it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "verify/invariants.h"

namespace racesim {
namespace {

constexpr double kKmhPerMps = 3.6;
constexpr double kGravity_mps2 = 9.80665;
/// Over longer times than this a mean says too little of what happened between.
constexpr double kLongest_s = 0.25;
/// A car brakes from 1 to 4 g within 0.2 s.
constexpr double kLongestForG_s = 0.11;
/// Speeds are told to 0.1 km/h, places to 1 cm, accelerations to 0.01 g.
constexpr double kSpeedSlack_mps = 0.1, kPlaceSlack_m = 0.05;
/// A sample's acceleration is that of its moment, the difference of speeds a mean over the time between.
constexpr double kGSlack = 0.6;
/// Races take 1.9 kg a lap, and may be told to have as many laps as a user likes.
constexpr double kMostFuel_kg = 5000;

struct Sample {
  std::int64_t time_us = 0;
  double lap = 0, x_m = 0, y_m = 0, speed_mps = 0, lon_g = 0, fuel_kg = 0, wear_pct = 0, age_laps = 0;
  std::string session, status;
};

Sample sample_of(const LawRow& row) {
  Sample s;
  s.time_us = row.time_us();
  s.lap = row.number("lap");
  s.x_m = row.number("x_m");
  s.y_m = row.number("y_m");
  s.speed_mps = row.number("speed_kmh") / kKmhPerMps;
  s.lon_g = row.number("lon_g");
  s.fuel_kg = row.number("fuel_kg");
  s.wear_pct = row.number("tyre_wear_pct");
  s.age_laps = row.number("tyre_age_laps");
  s.session = row.text("session");
  s.status = row.text("status");
  return s;
}

class RaceLaws final : public Laws {
 public:
  void check(const LawRow& row, const std::string& owner, bool follows, std::vector<Breach>& out) override {
    if (row.schema().name == "telemetry") check_sample(row, owner, follows, out);
    if (row.schema().name == "laps") check_lap(row, out);
  }

 private:
  static void within(const LawRow& row, const char* path, double low, double high, std::vector<Breach>& out) {
    const double value = row.number(path);
    if (value < low || value > high)
      out.push_back({path, fmt::format("{} to {}", low, high), std::string(row.text(path))});
  }

  void check_sample(const LawRow& row, const std::string& owner, bool follows, std::vector<Breach>& out) {
    within(row, "speed_kmh", 0, 420, out);
    within(row, "throttle_pct", 0, 100, out);
    within(row, "brake_pct", 0, 100, out);
    within(row, "gear", 0, 8, out);
    within(row, "tyre_wear_pct", 0, 100, out);
    within(row, "fuel_kg", 0, kMostFuel_kg, out);
    within(row, "sector", 1, 3, out);
    const Sample now = sample_of(row);
    const auto [found, fresh] = last_.try_emplace(owner, now);
    Sample& last = found->second;
    if (!fresh && last.session == now.session && now.time_us >= last.time_us) {
      if (now.lap < last.lap || (follows && now.lap > last.lap + 1))
        out.push_back({"lap", fmt::format("{} or the next", last.lap), fmt::format("{}", now.lap)});
      if (now.fuel_kg > last.fuel_kg && last.status != "pit" && now.status != "pit")
        out.push_back({"fuel_kg", fmt::format("at most {}", last.fuel_kg), fmt::format("{}", now.fuel_kg)});
      if (now.wear_pct < last.wear_pct && now.age_laps >= last.age_laps && last.status == "on_track" &&
          now.status == "on_track")
        out.push_back(
            {"tyre_wear_pct", fmt::format("at least {}", last.wear_pct), fmt::format("{}", now.wear_pct)});
      if (follows && last.status == "on_track" && now.status == "on_track") check_motion(last, now, out);
    }
    if (fresh || now.time_us >= last.time_us) last = now;
  }

  static void check_motion(const Sample& last, const Sample& now, std::vector<Breach>& out) {
    const double dt_s = static_cast<double>(now.time_us - last.time_us) / 1e6;
    if (dt_s <= 0 || dt_s > kLongest_s) return;
    const double way_m = std::hypot(now.x_m - last.x_m, now.y_m - last.y_m);
    const auto [slow, fast] = std::minmax(last.speed_mps, now.speed_mps);
    const double most_m = (fast + kSpeedSlack_mps) * dt_s * 1.06 + kPlaceSlack_m;
    const double least_m = (slow - kSpeedSlack_mps) * dt_s * 0.94 - kPlaceSlack_m;
    if (way_m > most_m || way_m < least_m)
      out.push_back({"x_m, y_m", fmt::format("{:.2f} to {:.2f} m on", least_m, most_m),
                     fmt::format("{:.2f} m", way_m)});
    if (dt_s > kLongestForG_s) return;
    const double rounding_g = 0.1 / kKmhPerMps / dt_s / kGravity_mps2;
    const double mean_g = (now.speed_mps - last.speed_mps) / dt_s / kGravity_mps2;
    const auto [low, high] = std::minmax(last.lon_g, now.lon_g);
    if (mean_g < low - kGSlack - rounding_g || mean_g > high + kGSlack + rounding_g)
      out.push_back({"speed_kmh", fmt::format("a change as of {:.2f} to {:.2f} g", low, high),
                     fmt::format("{:.2f} g", mean_g)});
  }

  static void check_lap(const LawRow& row, std::vector<Breach>& out) {
    const double sum = row.number("sector1_s") + row.number("sector2_s") + row.number("sector3_s");
    if (std::abs(sum - row.number("lap_time_s")) > 0.0015)
      out.push_back({"lap_time_s", fmt::format("{:.3f}, the sum of its sectors", sum),
                     std::string(row.text("lap_time_s"))});
  }

  std::unordered_map<std::string, Sample> last_;  ///< by owner
};

}  // namespace

std::unique_ptr<Laws> race_laws() {
  return std::make_unique<RaceLaws>();
}

}  // namespace racesim
