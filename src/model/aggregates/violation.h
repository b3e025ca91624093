// A packet of a vehicle that drove too fast or over its engine's limit: a row of the aggregation
// "violations".
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "model/fleet.h"
#include "model/schema.h"

namespace racesim {

enum class ViolationType : std::uint8_t { violations };
template <>
struct EnumNames<ViolationType> {
  static constexpr std::array<std::string_view, 1> names{"violations"};
};

enum class ViolationKind : std::uint8_t { speeding, rpm_over_redline };
template <>
struct EnumNames<ViolationKind> {
  static constexpr std::array<std::string_view, 2> names{"speeding", "rpm_over_redline"};
};

/// Of (run, vehicle_id, kind) there is one row for each time.
struct ViolationRow {
  ViolationType type;
  Hex32 run;  ///< 0 where the packet names none
  Text vehicle_id;
  TimeUs time;
  ViolationKind kind;
  std::int32_t value_d;         ///< 0.1 km/h or 0.1 rpm, by kind
  Maybe<std::int32_t> limit_d;  ///< likewise; none: the engine's limit is not known
  std::int32_t latitude_udeg;
  std::int32_t longitude_udeg;
  RoadType road_type;
  Maybe<std::int64_t> seq;  ///< of the packet
};
template <>
struct Schema<ViolationRow> {
  static constexpr std::string_view name = "violations";
  static constexpr int version = 1;
  static constexpr auto fields =
      std::make_tuple(field("type", &ViolationRow::type), field("run", &ViolationRow::run),
                      field("vehicle_id", &ViolationRow::vehicle_id), field("time", &ViolationRow::time),
                      field("kind", &ViolationRow::kind), field("value", &ViolationRow::value_d, 1),
                      field("limit", &ViolationRow::limit_d, 1),
                      field("lat", &ViolationRow::latitude_udeg, 6, "deg", kLatitude_udeg),
                      field("lon", &ViolationRow::longitude_udeg, 6, "deg", kLongitude_udeg),
                      field("road_type", &ViolationRow::road_type), field("seq", &ViolationRow::seq));
};

}  // namespace racesim
