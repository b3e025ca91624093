// Tables and stores for tests of the SQLite store.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/stores/registry.h"
#include "io/stores/sqlite/store.h"
#include "model/race.h"
#include "support/random_rows.h"
#include "support/scratch_dir.h"
#include "support/store_reference.h"

namespace racesim::test {

inline constexpr std::string_view kSqliteRunAndCar[] = {"run", "car"};
inline constexpr TableInfo kSqliteTelemetry{
    .name = "telemetry", .key = {kSqliteRunAndCar, "seq"}, .time = "time"};

inline StoreTable telemetry_table() {
  return {&schema_info<TelemetryRow>(), &kSqliteTelemetry, "race", "run"};
}

inline StoreOptions sqlite_options(const std::string& path,
                                   std::vector<StoreTable> tables = {telemetry_table()}) {
  StoreOptions options;
  options.target = path;
  options.tables = std::move(tables);
  options.busy_wait_ns = 1'000'000;
  return options;
}

inline std::unique_ptr<Store> open_store(const StoreOptions& options) {
  Result<std::unique_ptr<Store>> store = open_sqlite_store(options);
  EXPECT_TRUE(store) << (store ? "" : store.error().what);
  return store ? std::move(*store) : nullptr;
}

inline std::unique_ptr<StoreReader> open_reader(const std::string& path) {
  Result<std::unique_ptr<StoreReader>> reader = open_sqlite_reader(sqlite_options(path));
  EXPECT_TRUE(reader) << (reader ? "" : reader.error().what);
  return reader ? std::move(*reader) : nullptr;
}

/// `count` samples of each of `cars` cars from number `first` on, a millisecond apart, as they would be sent.
inline void add_samples(RowBatch& rows, std::uint64_t first, std::uint64_t count, std::uint16_t cars = 2,
                        std::uint32_t run = 0xa1b2c3d4) {
  for (std::uint64_t seq = first; seq < first + count; ++seq) {
    for (std::uint16_t car = 1; car <= cars; ++car) {
      TelemetryRow row{};
      row.run.value = run;
      row.session = 1;
      row.car = car;
      row.driver = rows.add_text("HAL");
      row.seq = seq;
      row.time.ms = 1'783'000'000'000 + static_cast<std::int64_t>(seq);
      row.latitude_udeg = 52'065'951;
      row.gap_ms.value = -1;
      rows.resize(rows.size() + 1);
      rows.rows<TelemetryRow>().back() = row;
    }
  }
}

/// All rows of the table.
inline RowBatch scan_all(StoreReader& reader, const StoreTable& table, std::string_view run = {}) {
  RowBatch rows(*table.schema);
  for (;;) {
    const Result<bool> more = reader.scan(table, run, 7, rows);
    EXPECT_TRUE(more) << more.error().what;
    if (!more || !*more) return rows;
  }
}

/// The cells of a query's result, rows between ';', cells between ','.
inline std::string query_text(StoreReader& reader, std::string_view sql) {
  Result<std::unique_ptr<ResultRows>> rows = reader.query(sql, 0);
  if (!rows) return "error: " + rows.error().what;
  std::string text;
  std::vector<Cell> cells;
  for (;;) {
    const Result<bool> more = (*rows)->next(cells);
    if (!more) return "error: " + more.error().what;
    if (!*more) return text;
    if (!text.empty()) text += ";";
    for (std::size_t i = 0; i < cells.size(); ++i) text += (i == 0 ? "" : ",") + cells[i].text;
  }
}

inline LanePosition at_offset(std::int64_t next) {
  LanePosition lane;
  lane.source = "kafka abc f1-telemetry";
  lane.lane = "3";
  lane.next = next;
  lane.last_hash = next == 0 ? 0 : 0xfedcba9876543210;
  lane.consumed = static_cast<std::uint64_t>(next);
  return lane;
}

}  // namespace racesim::test
