// A vehicle and its driver: what they are, before anything is driven. A pure function of (seed, index, body).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/random.h"
#include "model/fleet.h"
#include "model/vehicle.h"

namespace racesim::fleet {

/// What somebody does with it all day.
enum class VehicleKind : std::uint8_t { test_car, commuter, van, taxi, traveller };
inline constexpr std::size_t kVehicleKindCount = 5;

inline constexpr std::size_t kMostGears = 6;

/// Flat: a fleet holds one for each vehicle.
struct Vehicle {
  StreamKey key;  ///< of all that is drawn for it
  VehicleKind kind = VehicleKind::commuter;
  std::uint8_t gears = 5;
  bool fuels_weekly = false;                    ///< else on each day on which it drives
  std::uint32_t group = 0;                      ///< of places that it drives between
  std::uint32_t home = 0;                       ///< place: where it stands at night
  std::uint32_t work = 0;                       ///< place: of commuters
  std::array<float, kMostGears> rpm_per_mps{};  ///< by gear - 1
  float idle_rpm = 800;
  float up_rpm = 2700;    ///< shifts up above
  float down_rpm = 1250;  ///< shifts down below
  float redline_rpm = 6500;
  float mass_kg = 1350;
  float tank_l = 50;
  float dpct_per_l = 20;                     ///< 0.1 % of the tank per litre
  float fuel_factor = 1;                     ///< of the reference car's consumption
  std::array<float, kRoadTypeCount> pace{};  ///< wanted speed ÷ limit, by road type
  float accel_mps2 = 1.3F;                   ///< when setting off
  float brake_mps2 = 1.6F;
  float lateral_mps2 = 2.2F;  ///< in bends
  float reaction_s = 1.1F;    ///< until it moves when the light is green
  float hard_share = 0;       ///< of accelerations that are driven to the redline
};

/// Brakes, accelerations: what no vehicle of the fleet exceeds. Laws and tests know them.
inline constexpr double kMostAccel_mps2 = 3.2;
inline constexpr double kMostBrake_mps2 = 4.5;

/// `body` is what master data say of it. Diary::settle() adds its places.
Vehicle make_vehicle(std::uint64_t seed, std::uint32_t index, const VehicleRow& body);

}  // namespace racesim::fleet
