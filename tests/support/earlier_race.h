// The race's tables as the racesim before race@2 made them, for tests of stores that are older than the
// program.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/stores/store.h"
#include "model/race.h"
#include "support/random_rows.h"

namespace racesim::test {

inline constexpr std::string_view kEarlierRunAndCar[] = {"run", "car"};
inline constexpr std::string_view kEarlierRun[] = {"run"};
inline constexpr PlannedColumn kEarlierTelemetry[] = {{"z_m", FieldType::signed_int, 2}};
inline constexpr PlannedColumn kEarlierLaps[] = {{"deleted", FieldType::boolean},
                                                 {"deleted_reason", FieldType::text},
                                                 {"is_accurate", FieldType::boolean}};
inline constexpr PlannedColumn kEarlierControl[] = {{"seconds", FieldType::signed_int, 3},
                                                    {"reason", FieldType::text}};

/// Whether row `i` has no value of field `f`.
inline bool lacks(const RowBatch& rows, std::size_t i, std::size_t f) {
  const FieldInfo& field = rows.schema().fields[f];
  if (!field.may_miss) return !rows.missing.empty() && (rows.missing[i] >> f & 1) != 0;
  std::int64_t value = 0;
  std::memcpy(reinterpret_cast<std::byte*>(&value) + 8 - field.size, rows.row_bytes(i) + field.offset,
              field.size);
  return value == INT64_MIN;
}

/// One table then and now: rows of both have one layout in memory, but the earlier schema lacks fields, some
/// of which were columns already, to be filled later.
class EarlierTable {
 public:
  EarlierTable(const SchemaInfo& now, std::string_view name, std::span<const std::string_view> scope,
               std::span<const PlannedColumn> planned, std::vector<std::string_view> lacked)
      : now_info_{.name = name, .key = {scope, "seq"}, .time = "time"},
        then_info_(now_info_),
        now_schema_(now) {
    then_info_.planned = planned;
    for (const PlannedColumn& column : planned) lacked.push_back(column.name);
    for (const FieldInfo& field : now.fields)
      if (std::find(lacked.begin(), lacked.end(), field.path) == lacked.end()) fields_.push_back(field);
    then_schema_ = {now.name, now.version - 1, now.row_size, fields_};
    added_ = std::move(lacked);
  }
  EarlierTable(const EarlierTable&) = delete;
  EarlierTable& operator=(const EarlierTable&) = delete;

  StoreTable then() const { return {&then_schema_, &then_info_, "race", "run"}; }
  StoreTable now() const { return {&now_schema_, &now_info_, "race", "run"}; }
  /// Columns of fields that came since.
  std::span<const std::string_view> added() const { return added_; }

 private:
  TableInfo now_info_, then_info_;
  const SchemaInfo& now_schema_;
  std::vector<FieldInfo> fields_;
  SchemaInfo then_schema_{};
  std::vector<std::string_view> added_;
};

/// Appends rows of car 1 with the numbers [first, first + count), one a second; everything else of them is
/// zero, empty, or a value that hangs on the number.
inline void add_numbered(RowBatch& rows, std::uint64_t first, std::size_t count) {
  for (std::uint64_t seq = first; seq < first + count; ++seq) {
    const std::size_t row = rows.size();
    rows.resize(row + 1);
    std::memset(rows.row_bytes(row), 0, rows.schema().row_size);
    for (const FieldInfo& field : rows.schema().fields) {
      const auto put = [&](const auto& value) {
        std::memcpy(rows.row_bytes(row) + field.offset, &value,
                    std::min<std::size_t>(sizeof value, field.size));
      };
      if (field.type == FieldType::time_ms)
        put(std::int64_t{1'783'000'000'000} + static_cast<std::int64_t>(seq) * 1000);
      if (field.type == FieldType::text) put(rows.add_text("n" + std::to_string(seq)));
      if (field.type == FieldType::boolean) put(true);
      if (field.path == "seq") put(seq);
      if (field.path == "car") put(std::uint16_t{1});
      if (field.path == "run") put(std::uint32_t{0xa1b2c3d4});
      if (field.may_miss || field.path == "start_time_s") put(seq + 7);
    }
  }
}

/// `found` are the rows that add_numbered() makes: `then` ones of the earlier schema, in which what came
/// since is missing, and behind them `now` ones.
inline void expect_numbered(const RowBatch& found, const EarlierTable& table, std::size_t then,
                            std::size_t now) {
  ASSERT_EQ(found.size(), then + now);
  RowBatch earlier(*table.then().schema), later(*table.now().schema);
  add_numbered(earlier, 0, then);
  add_numbered(later, then, now);
  const std::span<const FieldInfo> fields = table.now().schema->fields;
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(i < then ? first_difference(earlier, i, found, i) : first_difference(later, i - then, found, i),
              "");
    for (std::size_t f = 0; f < fields.size(); ++f) {
      const bool is_added =
          std::find(table.added().begin(), table.added().end(), fields[f].path) != table.added().end();
      EXPECT_EQ(lacks(found, i, f), i < then && is_added) << fields[f].path << " of row " << i;
    }
  }
}

/// Those that race@2 changed.
struct EarlierRace {
  EarlierTable telemetry{schema_info<TelemetryRow>(), "telemetry", kEarlierRunAndCar, kEarlierTelemetry, {}};
  EarlierTable laps{schema_info<LapRow>(), "laps", kEarlierRunAndCar, kEarlierLaps, {"start_time_s"}};
  EarlierTable control{schema_info<RaceControlRow>(), "race_control", kEarlierRun, kEarlierControl, {}};

  std::array<const EarlierTable*, 3> all() const { return {&telemetry, &laps, &control}; }
};

}  // namespace racesim::test
