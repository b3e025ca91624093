// Two aggregations that only tests know, and results of them.
#pragma once

#include <array>
#include <string_view>

#include "agg/entry.h"
#include "model/batch.h"

namespace racesim::test {

struct PaceRow {
  Hex32 run;
  std::uint16_t car;
  Text driver;
  std::uint32_t lap;
  Maybe<std::int32_t> pace_ms;
};

}  // namespace racesim::test

namespace racesim {
template <>
struct Schema<test::PaceRow> {
  static constexpr std::string_view name = "pace";
  static constexpr int version = 1;
  static constexpr auto fields =
      std::make_tuple(field("run", &test::PaceRow::run), field("car", &test::PaceRow::car),
                      field("driver", &test::PaceRow::driver), field("lap", &test::PaceRow::lap),
                      field("pace_s", &test::PaceRow::pace_ms, 3, "s"));
};
}  // namespace racesim

namespace racesim::test {

inline constexpr std::array<std::string_view, 3> kPaceScope{"run", "car", "driver"};
inline constexpr std::array<std::string_view, 3> kPaceShown{"driver", "lap", "pace_s"};

inline const AggregationEntry& pace_entry() {
  static const AggregationEntry entry{
      .name = "pace",
      .summary = "",
      .inputs = {},
      .result = &schema_info<PaceRow>,
      .table = {.name = "paces", .key = {kPaceScope, "lap"}, .replaces = true},
      .shown = kPaceShown,
      .make = nullptr};
  return entry;
}
/// The same under another name, with all columns shown.
inline const AggregationEntry& other_entry() {
  static const AggregationEntry entry{
      .name = "other",
      .summary = "",
      .inputs = {},
      .result = &schema_info<PaceRow>,
      .table = {.name = "others", .key = {kPaceScope, "lap"}, .replaces = true},
      .make = nullptr};
  return entry;
}

inline void add_pace(RowBatch& rows, std::uint16_t car, std::string_view driver, std::uint32_t lap,
                     std::optional<std::int32_t> pace_ms) {
  PaceRow row{};
  row.run.value = 0xa1b2c3d4;
  row.car = car;
  row.driver = rows.add_text(driver);
  row.lap = lap;
  if (pace_ms)
    row.pace_ms.value = *pace_ms;
  else
    row.pace_ms = {};
  rows.resize(rows.size() + 1);
  rows.rows<PaceRow>().back() = row;
}

}  // namespace racesim::test
