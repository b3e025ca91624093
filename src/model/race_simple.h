// The plain car of the simulator document (--model simple).
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>

#include "model/schema.h"

namespace racesim {

/// One update of one car.
struct SimpleCarRow {
  Text id;  ///< "car-1"
  TimeMs time;
  std::uint16_t speed_dkmh;  ///< 0.1 km/h
  std::int32_t x_cm;         ///< east of the track's anchor
  std::int32_t y_cm;         ///< north
  std::int32_t latitude_udeg;
  std::int32_t longitude_udeg;
  std::uint16_t checkpoint;  ///< id of the last one passed
  std::uint64_t seq;         ///< of the car, from 0
  Hex32 run;
};
template <>
struct Schema<SimpleCarRow> {
  static constexpr std::string_view name = "simple-cars";
  static constexpr int version = 1;
  static constexpr bool sampled = true;
  static constexpr auto fields = std::make_tuple(
      field("id", &SimpleCarRow::id), field("time", &SimpleCarRow::time),
      field("speed", &SimpleCarRow::speed_dkmh, 1, "km/h"),
      field("location.x_m", &SimpleCarRow::x_cm, 2, "m"), field("location.y_m", &SimpleCarRow::y_cm, 2, "m"),
      field("location.lat", &SimpleCarRow::latitude_udeg, 6, "deg", kLatitude_udeg),
      field("location.lon", &SimpleCarRow::longitude_udeg, 6, "deg", kLongitude_udeg),
      field("checkpoint", &SimpleCarRow::checkpoint), field("seq", &SimpleCarRow::seq),
      field("run", &SimpleCarRow::run));
};

}  // namespace racesim
