#include "sim/race/laws/sample_laws.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace racesim::race {
namespace {

enum Law : std::size_t {
  kSpeed,
  kEngine,
  kGear,
  kThrottle,
  kBrake,
  kSector,
  kFuelRange,
  kWearRange,
  kGap,
  kAlong,
  kAcross,
  kLapGoesOn,
  kFuelFalls,
  kWearGrows,
  kWay,
  kForces,
  kTold,
  kPitLimit
};
constexpr std::string_view kSubject = "telemetry";
constexpr std::string_view kTooFar = "the samples are more than 0.25 s apart";
constexpr LawInfo kLaws[] = {
    {kSubject, "the speed lies between 0 and 420 km/h"},
    {kSubject, "the engine turns at 15,000 rpm at most"},
    {kSubject, "the gear lies between 0 and 8"},
    {kSubject, "the throttle lies between 0 and 100 %"},
    {kSubject, "the brake lies between 0 and 100 %"},
    {kSubject, "the sector lies between 1 and 3"},
    {kSubject, "the fuel lies between 0 and 110 kg"},
    {kSubject, "the tyre wear lies between 0 and 100 %"},
    {kSubject, "the gap to the leader is not negative"},
    {kSubject, "the acceleration along the track lies between -9 and 9 g"},
    {kSubject, "the acceleration across it lies between -9 and 9 g"},
    {kSubject, "the lap is the same or the next"},
    {kSubject, "the fuel rises in the pit only"},
    {kSubject, "the tyre wear falls at stops only"},
    {kSubject, "the way driven is speed × time", kTooFar},
    {kSubject, "the speed changes as tyres and brakes allow", kTooFar},
    {kSubject, "the speed changes by the reported acceleration",
     "the columns do not tell, or the samples are more than 0.11 s apart"},
    {kSubject, "nobody is faster than 80 km/h in the pit lane"},
};

constexpr double kKmhPerMps = 3.6;
constexpr double kStandardGravity_mps2 = 9.80665;

/// The regulations' limit.
constexpr double kMostEngine_rpm = 15'000;
/// What the rules allow.
constexpr double kTankMost_kg = 110;
/// Over longer times than this a mean says too little of what happened between.
constexpr double kLongest_s = 0.25;
/// A car brakes from 1 to 4 g within 0.2 s.
constexpr double kLongestForG_s = 0.11;
/// A sample's acceleration is that of its moment, the difference of speeds a mean over the time between.
constexpr double kGSlack = 0.6;
/// Traction and brakes with all the downforce there is, and something on top for cars of other files.
constexpr double kMostGain_g = 3, kMostLoss_g = 9;
/// The regulations' limit; some lanes have a lower one, and none may have a higher one.
constexpr double kPitLimit_kmh = 80;
/// True where the columns do not tell: then the law has to hold at all times.
bool may_be_on_track(const SampleFacts& s) {
  return !s.status || s.status == CarStatus::on_track;
}
bool same_session(const SampleFacts& a, const SampleFacts& b) {
  return !known(a.session) || !known(b.session) || a.session == b.session;
}

}  // namespace

SampleLaws::SampleLaws() : book_(kLaws) {}

void SampleLaws::check_range(std::size_t law, std::string_view name, double value, double low, double high,
                             std::vector<Breach>& out) {
  if (!known(value)) return;
  book_.judge(law);
  if (value < low || value > high)
    out.push_back({std::string(name), fmt::format("{} to {}", low, high), fmt::format("{}", value)});
}

void SampleLaws::check_ranges(const SampleFacts& now, std::vector<Breach>& out) {
  const SampleNames& names = *now.names;
  check_range(kSpeed, names.speed, now.speed_kmh, 0, kMostSpeed_kmh, out);
  check_range(kEngine, names.rpm, now.rpm, 0, kMostEngine_rpm, out);
  check_range(kGear, names.gear, now.gear, 0, 8, out);
  check_range(kThrottle, names.throttle, now.throttle_pct, 0, 100, out);
  check_range(kBrake, names.brake, now.brake_pct, 0, 100, out);
  check_range(kSector, "sector", now.sector, 1, 3, out);
  check_range(kFuelRange, "fuel_kg", now.fuel_kg, 0, kTankMost_kg, out);
  check_range(kWearRange, "tyre_wear_pct", now.wear_pct, 0, 100, out);
  check_range(kAlong, "lon_g", now.lon_g, -kMostLoss_g, kMostLoss_g, out);
  check_range(kAcross, "lat_g", now.lat_g, -kMostLoss_g, kMostLoss_g, out);
  if (now.status == CarStatus::pit && known(now.speed_kmh)) {
    book_.judge(kPitLimit);
    if (now.speed_kmh > kPitLimit_kmh + 0.6 * now.speed_step_kmh)
      out.push_back({std::string(names.speed), fmt::format("at most {} in the pit lane", kPitLimit_kmh),
                     fmt::format("{}", now.speed_kmh)});
  }
  if (!known(now.gap_s)) return;
  book_.judge(kGap);
  if (now.gap_s < 0) out.push_back({"gap_s", "0 or more", fmt::format("{}", now.gap_s)});
}

void SampleLaws::check(const SampleFacts& now, const RowPlace& place, std::vector<Breach>& out) {
  book_.saw(kSubject);
  check_ranges(now, out);
  const std::string owner(place.owner);
  const auto [found, fresh] = last_.try_emplace(owner, now);
  SampleFacts& last = found->second;
  if (!fresh && same_session(last, now) && now.time_us >= last.time_us)
    check_order(last, now, place.follows, out);
  if (fresh || now.time_us >= last.time_us) last = now;
}

void SampleLaws::check_order(const SampleFacts& last, const SampleFacts& now, bool follows,
                             std::vector<Breach>& out) {
  if (known(now.lap)) {
    book_.judge(kLapGoesOn);
    if (now.lap < last.lap || (follows && now.lap > last.lap + 1))
      out.push_back({"lap", fmt::format("{} or the next", last.lap), fmt::format("{}", now.lap)});
  }
  if (known(now.fuel_kg)) {
    book_.judge(kFuelFalls);
    if (now.fuel_kg > last.fuel_kg && last.status != CarStatus::pit && now.status != CarStatus::pit)
      out.push_back({"fuel_kg", fmt::format("at most {}", last.fuel_kg), fmt::format("{}", now.fuel_kg)});
  }
  const bool on_track = may_be_on_track(last) && may_be_on_track(now);
  if (known(now.wear_pct) && on_track && now.tyre_age_laps >= last.tyre_age_laps) {
    book_.judge(kWearGrows);
    if (now.wear_pct < last.wear_pct)
      out.push_back(
          {"tyre_wear_pct", fmt::format("at least {}", last.wear_pct), fmt::format("{}", now.wear_pct)});
  }
  if (on_track) check_motion(last, now, out);
}

void SampleLaws::check_motion(const SampleFacts& last, const SampleFacts& now, std::vector<Breach>& out) {
  const double dt_s = static_cast<double>(now.time_us - last.time_us) / 1e6;
  if (dt_s <= 0 || dt_s > kLongest_s || !known(now.speed_kmh) || !known(now.x_m)) return;
  const SampleNames& names = *now.names;
  const double last_mps = last.speed_kmh / kKmhPerMps, now_mps = now.speed_kmh / kKmhPerMps;
  const double speed_slack_mps = now.speed_step_kmh / kKmhPerMps + 0.07;
  const double place_slack_m = 1.5 * now.place_step_m + 0.035;
  book_.judge(kWay);
  const double way_m = std::hypot(now.x_m - last.x_m, now.y_m - last.y_m);
  const auto [slow_mps, fast_mps] = std::minmax(last_mps, now_mps);
  const double most_m = (fast_mps + speed_slack_mps) * dt_s * 1.06 + place_slack_m;
  const double least_m = (slow_mps - speed_slack_mps) * dt_s * 0.94 - place_slack_m;
  if (way_m > most_m || way_m < least_m)
    out.push_back({fmt::format("{}, {}", names.x, names.y),
                   fmt::format("{:.2f} to {:.2f} m further", std::max(0.0, least_m), most_m),
                   fmt::format("{:.2f} m", way_m)});
  const double rounding_g = now.speed_step_kmh / kKmhPerMps / dt_s / kStandardGravity_mps2;
  const double mean_g = (now_mps - last_mps) / dt_s / kStandardGravity_mps2;
  book_.judge(kForces);
  if (mean_g > kMostGain_g + rounding_g || mean_g < -kMostLoss_g - rounding_g)
    out.push_back({std::string(names.speed), fmt::format("a change of {} to {} g", -kMostLoss_g, kMostGain_g),
                   fmt::format("{:.2f} g", mean_g)});
  if (dt_s > kLongestForG_s || !known(now.lon_g)) return;
  book_.judge(kTold);
  const auto [low, high] = std::minmax(last.lon_g, now.lon_g);
  if (mean_g < low - kGSlack - rounding_g || mean_g > high + kGSlack + rounding_g)
    out.push_back({std::string(names.speed), fmt::format("a change of {:.2f} to {:.2f} g", low, high),
                   fmt::format("{:.2f} g", mean_g)});
}

}  // namespace racesim::race
