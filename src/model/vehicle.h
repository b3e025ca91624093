// Master data of the fleet: what a simulated car is, before it drives.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "model/schema.h"

namespace racesim {

enum class Fuel : std::uint8_t { petrol, diesel, hybrid };
inline constexpr std::size_t kFuelCount = 3;
template <>
struct EnumNames<Fuel> {
  static constexpr std::array<std::string_view, kFuelCount> names{"petrol", "diesel", "hybrid"};
};

struct VehicleRow {
  Text vehicle_id;  ///< TESTCAR01, TESTCAR02, …
  Text make;        ///< fictional
  Text model;
  std::uint16_t model_year;
  Fuel fuel_type;
  std::uint8_t gears;
  std::uint16_t mass_kg;
  std::uint16_t redline_rpm;
  std::uint16_t tank_dl;  ///< tank volume in tenths of a litre
  Text home_city;
  std::int32_t home_latitude_udeg;
  std::int32_t home_longitude_udeg;
};
template <>
struct Schema<VehicleRow> {
  static constexpr std::string_view name = "vehicles";
  static constexpr int version = 1;
  static constexpr auto fields = std::make_tuple(
      field("vehicle_id", &VehicleRow::vehicle_id), field("make", &VehicleRow::make),
      field("model", &VehicleRow::model), field("model_year", &VehicleRow::model_year),
      field("fuel_type", &VehicleRow::fuel_type), field("gears", &VehicleRow::gears),
      field("mass_kg", &VehicleRow::mass_kg, 0, "kg"),
      field("redline_rpm", &VehicleRow::redline_rpm, 0, "rpm"), field("tank_l", &VehicleRow::tank_dl, 1, "l"),
      field("home_city", &VehicleRow::home_city),
      field("home_latitude", &VehicleRow::home_latitude_udeg, 6, "deg", kLatitude_udeg),
      field("home_longitude", &VehicleRow::home_longitude_udeg, 6, "deg", kLongitude_udeg));
};

}  // namespace racesim
