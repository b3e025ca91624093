// Master data of the race: who drives what for whom, and where they are timed. All names are fictional.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>

#include "model/schema.h"

namespace racesim {

/// Skills are 0 to 1, in thousandths.
struct DriverRow {
  Text driver_id;  ///< three letters, as on the timing screen
  Text name;
  Text country;  ///< ISO 3166-1 alpha-2
  std::uint8_t number;
  std::int32_t pace_loss_ms;  ///< per lap, against the best driver there could be
  std::uint16_t lap_noise;    ///< factor on the spread of lap times, in thousandths
  std::uint16_t start_skill;
  std::uint16_t overtaking;
  std::uint16_t defending;
  std::uint16_t accident_share;  ///< probability per race, in ten-thousandths
};
template <>
struct Schema<DriverRow> {
  static constexpr std::string_view name = "drivers";
  static constexpr int version = 1;
  static constexpr auto fields = std::make_tuple(
      field("driver_id", &DriverRow::driver_id), field("name", &DriverRow::name),
      field("country", &DriverRow::country), field("number", &DriverRow::number),
      field("pace_loss_s", &DriverRow::pace_loss_ms, 3, "s"), field("lap_noise", &DriverRow::lap_noise, 3),
      field("start_skill", &DriverRow::start_skill, 3), field("overtaking", &DriverRow::overtaking, 3),
      field("defending", &DriverRow::defending, 3), field("accident_share", &DriverRow::accident_share, 4));
};

struct TeamRow {
  Text team_id;  ///< three letters
  Text name;
  Text base_country;          ///< ISO 3166-1 alpha-2
  std::uint16_t pit_crew_ms;  ///< mean standstill beyond the 1.9 s that no crew beats
};
template <>
struct Schema<TeamRow> {
  static constexpr std::string_view name = "teams";
  static constexpr int version = 1;
  static constexpr auto fields = std::make_tuple(
      field("team_id", &TeamRow::team_id), field("name", &TeamRow::name),
      field("base_country", &TeamRow::base_country), field("pit_crew_s", &TeamRow::pit_crew_ms, 3, "s"));
};

/// The physical figures are those of sim/race/car/car_model.h; what a season's rules decide stands here and
/// nowhere in code.
struct CarRow {
  std::uint8_t car;  ///< start number, the driver's
  Text team_id;
  Text driver_id;
  std::int32_t pace_loss_ms;    ///< per lap, against the best car
  std::int16_t top_speed_dkmh;  ///< edge over the mean car
  std::uint16_t failure_share;  ///< probability per race, in ten-thousandths
  std::uint16_t mass_kg;        ///< with driver, without fuel
  std::uint16_t lift_area_dm2;  ///< ClA
  std::uint16_t drag_area_dm2;  ///< CdA
  std::uint16_t drs_drag_cut;   ///< share of drag, in thousandths; 0: the rules know no DRS
  std::uint16_t grip;           ///< tyre friction at 3 kN, in thousandths
  std::int32_t grip_per_n_e6;   ///< its change per newton, in millionths
  std::uint16_t traction;       ///< in thousandths
  std::uint16_t brake_limit_dmps2;
  std::uint16_t engine_kw;
  std::uint16_t electric_kw;
  std::uint16_t driveline_efficiency;  ///< in thousandths
  std::uint32_t fuel_flow_cgps;        ///< at full throttle; hundredths of a gram per second
};
template <>
struct Schema<CarRow> {
  static constexpr std::string_view name = "cars";
  static constexpr int version = 1;
  static constexpr auto fields = std::make_tuple(
      field("car", &CarRow::car), field("team_id", &CarRow::team_id), field("driver_id", &CarRow::driver_id),
      field("pace_loss_s", &CarRow::pace_loss_ms, 3, "s"),
      field("top_speed_kmh", &CarRow::top_speed_dkmh, 1, "km/h"),
      field("failure_share", &CarRow::failure_share, 4), field("mass_kg", &CarRow::mass_kg, 0, "kg"),
      field("lift_area_m2", &CarRow::lift_area_dm2, 2, "m2"),
      field("drag_area_m2", &CarRow::drag_area_dm2, 2, "m2"), field("drs_drag_cut", &CarRow::drs_drag_cut, 3),
      field("grip", &CarRow::grip, 3), field("grip_per_n", &CarRow::grip_per_n_e6, 6),
      field("traction", &CarRow::traction, 3),
      field("brake_limit_mps2", &CarRow::brake_limit_dmps2, 1, "m/s2"),
      field("engine_kw", &CarRow::engine_kw, 0, "kW"), field("electric_kw", &CarRow::electric_kw, 0, "kW"),
      field("driveline_efficiency", &CarRow::driveline_efficiency, 3),
      field("fuel_flow_kgps", &CarRow::fuel_flow_cgps, 5, "kg/s"));
};

struct CheckpointRow {
  std::uint32_t id;  ///< from 0, the timing line
  Text name;
  std::uint32_t s_dm;  ///< along the centreline from the timing line
  std::int32_t latitude_udeg;
  std::int32_t longitude_udeg;
};
template <>
struct Schema<CheckpointRow> {
  static constexpr std::string_view name = "checkpoints";
  static constexpr int version = 1;
  static constexpr auto fields =
      std::make_tuple(field("id", &CheckpointRow::id), field("name", &CheckpointRow::name),
                      field("s_m", &CheckpointRow::s_dm, 1, "m"),
                      field("lat", &CheckpointRow::latitude_udeg, 6, "deg", kLatitude_udeg),
                      field("lon", &CheckpointRow::longitude_udeg, 6, "deg", kLongitude_udeg));
};

}  // namespace racesim
