#include "sim/fleet/plan/vehicle.h"

#include <algorithm>

#include "sim/fleet/plan/draws.h"

namespace racesim::fleet {
namespace {

enum Counter : std::uint64_t {
  kKind,
  kTemper,
  kPace,
  kPaceByType,
  kAccel = 8,
  kBrake,
  kLateral,
  kReaction,
  kShiftWish,
  kThirst,
  kHardShare
};

constexpr std::array<float, kMostGears> kRatios{3.73F, 2.05F, 1.39F, 1.10F, 0.89F, 0.74F};
constexpr double kWheelRadius_m = 0.31;
constexpr double kTwoPi = 6.283185307179586;
constexpr std::uint16_t kVanMass_kg = 1700;

VehicleKind kind_of(std::uint32_t index, const VehicleRow& body, double u) {
  if (index == 0) return VehicleKind::test_car;
  if (body.mass_kg >= kVanMass_kg) return VehicleKind::van;
  if (u < 0.62) return VehicleKind::commuter;
  if (u < 0.74) return VehicleKind::van;
  if (u < 0.88) return VehicleKind::taxi;
  return VehicleKind::traveller;
}

/// A calm driver is -1, a brisk one +1, most are about 0.
double temper_of(StreamKey key) {
  return std::clamp(roughly_normal(draw(key, kTemper)) / 2, -1.0, 1.0);
}

void set_engine(Vehicle& vehicle, const VehicleRow& body, double temper) {
  const bool diesel = body.fuel_type == Fuel::diesel;
  const double final_ratio = diesel ? 2.9 : 3.9;
  vehicle.gears = static_cast<std::uint8_t>(std::clamp<int>(body.gears, 4, kMostGears));
  for (std::size_t i = 0; i < kMostGears; ++i)
    vehicle.rpm_per_mps[i] = static_cast<float>(60 / (kTwoPi * kWheelRadius_m) * kRatios[i] * final_ratio);
  vehicle.redline_rpm = body.redline_rpm;
  const double span = diesel ? 0.78 : 1.0;
  const double wish = 2700 + 450 * temper + 120 * roughly_normal(draw(vehicle.key, kShiftWish));
  vehicle.up_rpm = static_cast<float>(std::clamp(wish, 2300.0, 3400.0) * span);
  vehicle.down_rpm = static_cast<float>(std::min(1300 * span, 0.5 * vehicle.up_rpm));
  vehicle.mass_kg = body.mass_kg;
  vehicle.tank_l = static_cast<float>(body.tank_dl) / 10;
  vehicle.dpct_per_l = 1000 / vehicle.tank_l;
  const double by_fuel = diesel ? 0.82 : body.fuel_type == Fuel::hybrid ? 0.72 : 1.0;
  const double by_mass = 0.35 + 0.65 * body.mass_kg / 1350.0;
  const double thirst = 1 + 0.05 * roughly_normal(draw(vehicle.key, kThirst)) + 0.04 * temper;
  vehicle.fuel_factor = static_cast<float>(by_fuel * by_mass * std::clamp(thirst, 0.85, 1.2));
}

void set_habits(Vehicle& vehicle, double temper) {
  const StreamKey key = vehicle.key;
  // N(1.02, 0.06) of the limit, most of it the driver's own, some of it the road's.
  const double own = 0.05 * (0.6 * temper * 2 + 0.8 * roughly_normal(draw(key, kPace)));
  for (std::size_t type = 0; type < kRoadTypeCount; ++type) {
    const double there = 0.03 * roughly_normal(draw(key, kPaceByType + type));
    vehicle.pace[type] = static_cast<float>(std::clamp(1.02 + own + there, 0.88, 1.25));
  }
  vehicle.accel_mps2 = static_cast<float>(
      std::clamp(1.45 + 0.35 * temper + 0.12 * roughly_normal(draw(key, kAccel)), 0.9, 2.4));
  vehicle.brake_mps2 = static_cast<float>(
      std::clamp(1.55 + 0.3 * temper + 0.12 * roughly_normal(draw(key, kBrake)), 1.0, 2.4));
  vehicle.lateral_mps2 = static_cast<float>(
      std::clamp(2.2 + 0.4 * temper + 0.2 * roughly_normal(draw(key, kLateral)), 1.4, 3.4));
  vehicle.reaction_s = static_cast<float>(between(draw(key, kReaction), 0.7, 2.0));
  // One in a hundred starts of brisk drivers, one in five hundred of others.
  vehicle.hard_share = temper > 0.3 ? 0.01F : 0.002F;
}

}  // namespace

Vehicle make_vehicle(std::uint64_t seed, std::uint32_t index, const VehicleRow& body) {
  Vehicle vehicle;
  vehicle.key = stream_key(seed, "fleet.vehicle", index);
  vehicle.kind = kind_of(index, body, unit(draw(vehicle.key, kKind)));
  const double temper = temper_of(vehicle.key);
  set_engine(vehicle, body, temper);
  set_habits(vehicle, temper);
  return vehicle;
}

}  // namespace racesim::fleet
