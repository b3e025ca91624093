// The event of the fleet scenario: FleetStream's packet, with `seq` and `run` behind it (topic
// vehicle.telemetry.raw, key vehicle_id).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "model/schema.h"

namespace racesim {

enum class RoadType : std::uint8_t { urban, rural, expressway, highway };
inline constexpr std::size_t kRoadTypeCount = 4;
template <>
struct EnumNames<RoadType> {
  static constexpr std::array<std::string_view, kRoadTypeCount> names{"urban", "rural", "expressway",
                                                                      "highway"};
};

/// Diagnostic trouble codes (SAE J2012).
enum class FaultCode : std::uint8_t {
  P0113,  ///< intake air temperature sensor, high
  P0128,  ///< coolant below the thermostat's temperature
  P0171,  ///< mixture too lean
  P0300,  ///< random misfires
  P0301,  ///< misfires of cylinder 1 …
  P0302,
  P0303,
  P0304,
  P0401,  ///< too little exhaust gas recirculated
  P0420,  ///< catalyst below its efficiency
  P0442,  ///< small leak of fuel vapour
  P0455,  ///< large leak of fuel vapour
  C0035,  ///< wheel speed sensor, front left
  U0100,  ///< no communication with the engine's control unit
  B0001,  ///< driver's airbag
};
inline constexpr std::size_t kFaultCodeCount = 15;
template <>
struct EnumNames<FaultCode> {
  static constexpr std::array<std::string_view, kFaultCodeCount> names{
      "P0113", "P0128", "P0171", "P0300", "P0301", "P0302", "P0303", "P0304",
      "P0401", "P0420", "P0442", "P0455", "C0035", "U0100", "B0001"};
};
inline constexpr std::size_t kMostFaultCodes = 4;  ///< set at a time

/// One packet of one vehicle.
struct FleetRow {
  Text vehicle_id;
  TimeUs timestamp;
  std::int32_t latitude_udeg;
  std::int32_t longitude_udeg;
  std::uint16_t speed_dkmh;  ///< 0.1 km/h
  std::uint16_t engine_rpm;
  std::uint8_t gear;              ///< 0: the engine is off
  std::uint16_t fuel_level_dpct;  ///< 0.1 % of the tank
  List<FaultCode, kMostFaultCodes> fault_codes;
  RoadType road_type;
  std::uint16_t speed_limit_kmh;
  bool speeding;
  bool rpm_over_redline;
  std::uint64_t seq;  ///< of the vehicle, from 0
  Hex32 run;
};
template <>
struct Schema<FleetRow> {
  static constexpr std::string_view name = "fleet";
  static constexpr int version = 1;
  static constexpr auto fields = std::make_tuple(
      field("vehicle_id", &FleetRow::vehicle_id), field("timestamp", &FleetRow::timestamp),
      field("location.lat", &FleetRow::latitude_udeg, 6, "deg", kLatitude_udeg),
      field("location.lon", &FleetRow::longitude_udeg, 6, "deg", kLongitude_udeg),
      field("speed_kmh", &FleetRow::speed_dkmh, 1, "km/h"),
      field("engine_rpm", &FleetRow::engine_rpm, 0, "rpm"), field("gear", &FleetRow::gear),
      field("fuel_level_pct", &FleetRow::fuel_level_dpct, 1, "%", percent(1)),
      field("fault_codes", &FleetRow::fault_codes), field("road_type", &FleetRow::road_type),
      field("speed_limit_kmh", &FleetRow::speed_limit_kmh, 0, "km/h"), field("speeding", &FleetRow::speeding),
      field("rpm_over_redline", &FleetRow::rpm_over_redline), field("seq", &FleetRow::seq),
      field("run", &FleetRow::run));
};

}  // namespace racesim
