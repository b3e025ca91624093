#include "sim/master/readers.h"

#include <array>

#include "model/master.h"
#include "model/race_master.h"
#include "model/vehicle.h"

namespace racesim {
namespace {

std::string check_country(std::string_view column, std::string_view code) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (code.size() == 2 && is_upper(code[0]) && is_upper(code[1])) return {};
  return std::string(column) + ": '" + std::string(code) +
         "' is not a country code of two capital letters, such as GB";
}

std::string check_song(const RowBatch& rows, std::size_t i) {
  constexpr std::uint32_t kDay_ms = 86'400'000;
  const std::uint32_t duration_ms = rows.rows<SongRow>()[i].duration_ms;
  if (duration_ms >= 1 && duration_ms <= kDay_ms) return {};
  return "duration_ms: " + std::to_string(duration_ms) + " is not between 1 ms and a day";
}

std::string check_user(const RowBatch& rows, std::size_t i) {
  return check_country("country", rows.text(rows.rows<UserRow>()[i].country));
}

std::string check_location(const RowBatch& rows, std::size_t i) {
  const LocationRow& row = rows.rows<LocationRow>()[i];
  if (row.latitude_udeg < -90'000'000 || row.latitude_udeg > 90'000'000)
    return "latitude: not between -90 and 90 degrees";
  if (row.longitude_udeg < -180'000'000 || row.longitude_udeg > 180'000'000)
    return "longitude: not between -180 and 180 degrees";
  return check_country("country_code", rows.text(row.country_code));
}

std::string check_driver(const RowBatch& rows, std::size_t i) {
  const DriverRow& row = rows.rows<DriverRow>()[i];
  if (rows.text(row.driver_id).size() != 3)
    return "driver_id: '" + std::string(rows.text(row.driver_id)) +
           "' is not a code of three letters, such as HAL";
  return check_country("country", rows.text(row.country));
}

std::string check_team(const RowBatch& rows, std::size_t i) {
  return check_country("base_country", rows.text(rows.rows<TeamRow>()[i].base_country));
}

/// Figures with which a car could not drive.
std::string check_car(const RowBatch& rows, std::size_t i) {
  const CarRow& row = rows.rows<CarRow>()[i];
  if (row.mass_kg < 300 || row.mass_kg > 3000) return "mass_kg: not between 300 and 3000 kg";
  if (row.engine_kw + row.electric_kw < 100)
    return "engine_kw: engine and motor together have less than 100 kW";
  if (row.grip < 500 || row.grip > 5000) return "grip: not between 0.5 and 5";
  if (row.drag_area_dm2 < 20) return "drag_area_m2: less than 0.2 m2";
  if (row.brake_limit_dmps2 < 30) return "brake_limit_mps2: less than 3 m/s2";
  return {};
}

/// Figures with which a vehicle could not drive.
std::string check_vehicle(const RowBatch& rows, std::size_t i) {
  const VehicleRow& row = rows.rows<VehicleRow>()[i];
  if (row.gears < 4 || row.gears > 6) return "gears: not between 4 and 6";
  if (row.mass_kg < 400 || row.mass_kg > 5000) return "mass_kg: not between 400 and 5000 kg";
  if (row.redline_rpm < 3000 || row.redline_rpm > 12'000)
    return "redline_rpm: not between 3000 and 12000 rpm";
  if (row.tank_dl < 200 || row.tank_dl > 3000) return "tank_l: not between 20 and 300 litres";
  if (row.home_latitude_udeg < -90'000'000 || row.home_latitude_udeg > 90'000'000)
    return "home_latitude: not between -90 and 90 degrees";
  if (row.home_longitude_udeg < -180'000'000 || row.home_longitude_udeg > 180'000'000)
    return "home_longitude: not between -180 and 180 degrees";
  return {};
}

const std::array kReaders{MasterReader{"songs", &schema_info<SongRow>, &check_song, true},
                          MasterReader{"users", &schema_info<UserRow>, &check_user, true},
                          MasterReader{"locations", &schema_info<LocationRow>, &check_location, true},
                          MasterReader{"drivers", &schema_info<DriverRow>, &check_driver, false},
                          MasterReader{"teams", &schema_info<TeamRow>, &check_team, false},
                          MasterReader{"cars", &schema_info<CarRow>, &check_car, false},
                          MasterReader{"vehicles", &schema_info<VehicleRow>, &check_vehicle, false}};

}  // namespace

std::span<const MasterReader> master_readers() {
  return kReaders;
}

}  // namespace racesim
