#include "sim/fleet/laws.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <unordered_map>

#include "model/fleet.h"
#include "sim/fleet/plan/vehicle.h"
#include "sim/fleet/roads/geo.h"

namespace racesim::fleet {
namespace {

enum Law : std::size_t { kRanges, kCodes, kSpeeding, kRedline, kEngine, kWay, kForces, kFuel };
constexpr std::string_view kSubject = "telemetry";
constexpr std::string_view kTooFar = "the packets are more than a second apart";
constexpr LawInfo kLaws[] = {
    {kSubject, "place, speed, gear and fuel lie where those of vehicles do"},
    {kSubject, "each fault code is set once"},
    {kSubject, "speeding is speed over the limit"},
    {kSubject, "over the redline are all engine speeds above one, and none below it"},
    {kSubject, "the engine turns as gear and speed have it"},
    {kSubject, "the way driven is speed × time", kTooFar},
    {kSubject, "the speed changes as engine and brakes allow"},
    {kSubject, "the fuel rises only while the engine is off"},
};

/// Over longer times than this a mean says too little of what happened between.
constexpr std::int64_t kLongest_us = 1'050'000;
constexpr double kMostSpeed_kmh = 260;
/// Engine speed ÷ speed in km/h, by gear: the lowest of a diesel and the highest of a petrol engine, and room
/// for vehicles of other master data.
constexpr std::array<double, kMostGears> kLowest{85, 46, 31, 24, 19, 16};
constexpr std::array<double, kMostGears> kHighest{135, 75, 51, 40, 33, 27};
/// While a gear is changed the engine is between the two; it never turns quite evenly.
constexpr double kUneven_rpm = 160;
constexpr double kIdleLeast_rpm = 500;
/// Below that the clutch may slip.
constexpr double kCoupled_kmh = 25;
constexpr std::uint16_t kTurns_dkmh = 200;
constexpr double kPlaceStep_m = 0.16;     // a millionth of a degree, both ways
constexpr double kSpeedStep_mps = 0.028;  // a tenth of a km/h

struct Last {
  std::int64_t time_us = 0;
  std::int32_t latitude_udeg = 0, longitude_udeg = 0;
  std::uint16_t speed_dkmh = 0, fuel_dpct = 0;
  std::uint8_t gear = 0;
  std::uint16_t highest_below = 0;  ///< engine speed that was not over the redline
  std::uint16_t lowest_above = std::numeric_limits<std::uint16_t>::max();
};

double kmh(std::uint16_t speed_dkmh) {
  return speed_dkmh / 10.0;
}
double mps(std::uint16_t speed_dkmh) {
  return speed_dkmh / 36.0;
}
std::string text(bool value) {
  return value ? "true" : "false";
}

class FleetLaws final : public Laws {
 public:
  void check(const RowBatch& rows, std::size_t i, const RowPlace& place, std::vector<Breach>& out) override {
    const FleetRow& row = rows.rows<FleetRow>()[i];
    book_.saw(kSubject);
    check_alone(row, out);
    Last& last = last_[std::string(place.owner)];
    check_redline(row, last, out);
    if (place.follows) check_change(row, last, place.time_us, out);
    last.time_us = place.time_us;
    last.latitude_udeg = row.latitude_udeg;
    last.longitude_udeg = row.longitude_udeg;
    last.speed_dkmh = row.speed_dkmh;
    last.fuel_dpct = row.fuel_level_dpct;
    last.gear = row.gear;
  }
  std::vector<LawCount> counts() const override { return book_.counts(); }

 private:
  void check_alone(const FleetRow& row, std::vector<Breach>& out) {
    check_ranges(row, out);
    book_.judge(kCodes);
    const auto& codes = row.fault_codes;
    for (std::size_t i = 0; i < codes.count; ++i)
      if (std::count(codes.items.begin(), codes.items.begin() + codes.count, codes.items[i]) > 1) {
        out.push_back(
            {"fault_codes", "each once",
             std::string(EnumNames<FaultCode>::names[static_cast<std::size_t>(codes.items[i])]) + " twice"});
        break;
      }
    book_.judge(kSpeeding);
    const bool is_over = row.speed_dkmh > row.speed_limit_kmh * 10;
    if (row.speeding != is_over)
      out.push_back({"speeding",
                     fmt::format("{} at {:.1f} km/h where {} are allowed", is_over, kmh(row.speed_dkmh),
                                 row.speed_limit_kmh),
                     text(row.speeding)});
    check_engine(row, out);
  }

  void check_ranges(const FleetRow& row, std::vector<Breach>& out) {
    book_.judge(kRanges);
    const auto range = [&](const char* field, double value, double low, double high) {
      if (value < low || value > high)
        out.push_back({field, fmt::format("{} to {}", low, high), fmt::format("{}", value)});
    };
    range("location.lat", row.latitude_udeg / 1e6, -90, 90);
    range("location.lon", row.longitude_udeg / 1e6, -180, 180);
    range("speed_kmh", kmh(row.speed_dkmh), 0, kMostSpeed_kmh);
    range("gear", row.gear, 0, kMostGears);
    range("fuel_level_pct", row.fuel_level_dpct / 10.0, 0, 100);
  }

  void check_engine(const FleetRow& row, std::vector<Breach>& out) {
    if (row.gear > kMostGears) return;
    book_.judge(kEngine);
    const double v_kmh = kmh(row.speed_dkmh);
    double low_rpm = 0;
    double high_rpm = 0;
    if (row.gear > 0) {
      const std::size_t gear = row.gear - 1U;
      low_rpm = v_kmh < kCoupled_kmh ? kIdleLeast_rpm : kLowest[gear] * v_kmh - kUneven_rpm;
      high_rpm = v_kmh < kCoupled_kmh ? 3'600 : kHighest[gear == 0 ? 0 : gear - 1] * v_kmh + kUneven_rpm;
    } else if (v_kmh > 0) {
      out.push_back({"gear", "above 0 while it moves", "0"});
      return;
    }
    if (row.engine_rpm < low_rpm || row.engine_rpm > high_rpm)
      out.push_back(
          {"engine_rpm",
           fmt::format("{:.0f} to {:.0f} in gear {} at {:.1f} km/h", low_rpm, high_rpm, row.gear, v_kmh),
           fmt::format("{}", row.engine_rpm)});
  }

  void check_redline(const FleetRow& row, Last& last, std::vector<Breach>& out) {
    book_.judge(kRedline);
    if (row.rpm_over_redline)
      last.lowest_above = std::min(last.lowest_above, row.engine_rpm);
    else
      last.highest_below = std::max(last.highest_below, row.engine_rpm);
    if (last.highest_below < last.lowest_above) return;
    out.push_back({"rpm_over_redline",
                   row.rpm_over_redline ? fmt::format("false, as at {} rpm", last.highest_below)
                                        : fmt::format("true, as at {} rpm", last.lowest_above),
                   fmt::format("{} at {} rpm", row.rpm_over_redline, row.engine_rpm)});
    last.highest_below = 0;
    last.lowest_above = std::numeric_limits<std::uint16_t>::max();
  }

  void check_change(const FleetRow& row, const Last& last, std::int64_t time_us, std::vector<Breach>& out) {
    const double seconds = static_cast<double>(time_us - last.time_us) / 1e6;
    if (seconds <= 0) return;
    book_.judge(kFuel);
    if (row.fuel_level_dpct > last.fuel_dpct + 1 && row.gear > 0 && last.gear > 0)
      out.push_back({"fuel_level_pct", fmt::format("at most {:.1f} while it drives", last.fuel_dpct / 10.0),
                     fmt::format("{:.1f}", row.fuel_level_dpct / 10.0)});
    book_.judge(kForces);
    const double change_mps = mps(row.speed_dkmh) - mps(last.speed_dkmh);
    const double low_mps = -kMostBrake_mps2 * seconds - kSpeedStep_mps;
    const double high_mps = kMostAccel_mps2 * seconds + kSpeedStep_mps;
    if (change_mps < low_mps || change_mps > high_mps)
      out.push_back(
          {"speed_kmh",
           fmt::format("a change of {:.1f} to {:.1f} in {:.3f} s", low_mps * 3.6, high_mps * 3.6, seconds),
           fmt::format("{:.1f}", change_mps * 3.6)});
    if (time_us - last.time_us > kLongest_us) return;
    book_.judge(kWay);
    const GeoPoint from{last.latitude_udeg / 1e6, last.longitude_udeg / 1e6};
    const double way_m = distance_m(from, {row.latitude_udeg / 1e6, row.longitude_udeg / 1e6});
    const double mean_m = (mps(row.speed_dkmh) + mps(last.speed_dkmh)) / 2 * seconds;
    // The speed between may differ from the mean, and a bend is longer than its chord.
    const double slack_m = kPlaceStep_m + kSpeedStep_mps * seconds + kMostBrake_mps2 * seconds * seconds / 8;
    // Slowly it may turn on the spot.
    const double low_m = std::min(row.speed_dkmh, last.speed_dkmh) < kTurns_dkmh ? 0 : 0.6 * mean_m - slack_m;
    const double high_m = 1.003 * mean_m + slack_m;
    if (way_m < low_m || way_m > high_m)
      out.push_back({"location",
                     fmt::format("{:.1f} to {:.1f} m from the packet before", std::max(0.0, low_m), high_m),
                     fmt::format("{:.1f} m", way_m)});
  }

  LawBook book_{kLaws};
  std::unordered_map<std::string, Last> last_;
};

}  // namespace

std::unique_ptr<Laws> make_laws(const LawInput&) {
  return std::make_unique<FleetLaws>();
}

}  // namespace racesim::fleet
