#include "sim/fleet/plan/trouble.h"

#include <algorithm>
#include <array>

#include "sim/fleet/plan/draws.h"

namespace racesim::fleet {
namespace {

constexpr std::uint64_t kTopicTrouble = topic_hash("fleet.trouble");
constexpr std::int64_t kLongest_days = 6;

/// Which code comes, by share of kFaultsPer1000Km. The misfires and the leaks have several each.
struct Rate {
  FaultCode first;
  std::uint64_t kinds;  ///< codes that follow `first`
  double per_1000_km;
};
constexpr std::array kRates{
    Rate{FaultCode::P0420, 1, 0.03},  Rate{FaultCode::P0171, 1, 0.03}, Rate{FaultCode::P0300, 5, 0.03},
    Rate{FaultCode::P0442, 2, 0.03},  Rate{FaultCode::P0128, 1, 0.02}, Rate{FaultCode::P0401, 1, 0.02},
    Rate{FaultCode::P0113, 1, 0.01},  Rate{FaultCode::C0035, 1, 0.01}, Rate{FaultCode::U0100, 1, 0.005},
    Rate{FaultCode::B0001, 1, 0.002},
};

FaultCode code_of(std::uint64_t bits) {
  double rest = unit(bits) * kFaultsPer1000Km;
  for (const Rate& rate : kRates) {
    if (rest < rate.per_1000_km)
      return static_cast<FaultCode>(static_cast<std::uint64_t>(rate.first) + below(mix64(bits), rate.kinds));
    rest -= rate.per_1000_km;
  }
  return kRates.front().first;
}

void add(FaultCodes& codes, FaultCode code) {
  const auto end = codes.items.begin() + codes.count;
  if (codes.count < kMostFaultCodes && std::find(codes.items.begin(), end, code) == end)
    codes.items[codes.count++] = code;
}

}  // namespace

double usual_km(VehicleKind kind, std::int64_t day) {
  const bool sunday = weekday(day) == 0;
  const bool weekend = sunday || weekday(day) == 6;
  switch (kind) {
    case VehicleKind::test_car:
      return 900;
    case VehicleKind::commuter:
      return weekend ? 25 : 45;
    case VehicleKind::van:
      return sunday ? 0 : weekend ? 105 : 190;
    case VehicleKind::taxi:
      return 175;
    case VehicleKind::traveller:
      return weekend ? 40 : 150;
  }
  return 0;
}

Trouble trouble_at(const Vehicle& vehicle, const LocalTime& time, std::int64_t time_us) {
  const std::int64_t today = time.day_of(time_us);
  Trouble trouble;
  trouble.until_us = time.utc_us(today + 1, LocalTime::kDayBegins_h);
  // The test car is seen to every night.
  const std::int64_t longest_days = vehicle.kind == VehicleKind::test_car ? 0 : kLongest_days;
  for (std::int64_t day = today - longest_days; day <= today; ++day) {
    const StreamKey key{vehicle.key.a ^ kTopicTrouble, vehicle.key.b + static_cast<std::uint64_t>(day)};
    const double chance = usual_km(vehicle.kind, day) / 1000 * kFaultsPer1000Km;
    if (unit(draw(key, 0)) >= chance) continue;
    const auto stays_days = static_cast<std::int64_t>(1 + below(draw(key, 1), kLongest_days));
    if (day + stays_days <= today) continue;
    const std::int64_t set_us = time.utc_us(day, between(draw(key, 2), 7.5, 18));
    if (set_us <= time_us)
      add(trouble.codes, code_of(draw(key, 3)));
    else
      trouble.until_us = set_us;
  }
  for (std::size_t i = 0; i < trouble.codes.count; ++i)
    trouble.misfiring |=
        trouble.codes.items[i] >= FaultCode::P0300 && trouble.codes.items[i] <= FaultCode::P0304;
  return trouble;
}

}  // namespace racesim::fleet
