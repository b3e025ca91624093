// What the tests of the PostgreSQL store share: a server that RACESIM_POSTGRES_DSN names, and tables.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/stores/postgres.h"
#include "io/stores/postgres_connection.h"
#include "model/fleet.h"
#include "model/play.h"
#include "model/race.h"
#include "support/random_rows.h"

namespace racesim::postgres_world {

inline constexpr std::string_view kRunAndCar[] = {"run", "car"};
inline constexpr std::string_view kRunAndVehicle[] = {"run", "vehicle_id"};
inline constexpr std::string_view kVehicle[] = {"vehicle_id"};
inline constexpr std::string_view kOptional[] = {"seq", "run"};
inline constexpr std::string_view kSeen[] = {"time.seen_at"};
inline constexpr TableIndex kWideIndexes[] = {{"by_time", kSeen}};
inline constexpr PlannedColumn kWidePlanned[] = {{"height_m", FieldType::signed_int, 2}};

inline const TableInfo kTelemetry{.name = "telemetry", .key = {kRunAndCar, "seq"}, .time = "time"};
inline const TableInfo kPlays{.name = "plays", .key = {{}, "event_id"}, .time = "played_at"};
inline const TableInfo kFleet{.name = "fleet",
                              .key = {kRunAndVehicle, "seq"},
                              .key_without = {kVehicle, "timestamp"},
                              .optional = kOptional,
                              .time = "timestamp"};
inline const TableInfo kWide{.name = "wide",
                             .key = {{}, "id"},
                             .time = "time.seen_at",
                             .indexes = kWideIndexes,
                             .planned = kWidePlanned};

inline const StoreTable kTelemetryTable{&schema_info<TelemetryRow>(), &kTelemetry, "race", "run"};
inline const StoreTable kPlaysTable{&schema_info<PlayRow>(), &kPlays, "plays", ""};
inline const StoreTable kFleetTable{&schema_info<FleetRow>(), &kFleet, "fleet", "run"};
inline const StoreTable kWideTable{&schema_info<WideRow>(), &kWide, "wide", "run"};

/// A database of its own on the server for each test.
class PostgresServer : public testing::Test {
 protected:
  void SetUp() override {
    const char* const dsn = std::getenv("RACESIM_POSTGRES_DSN");
    if (dsn == nullptr)
      GTEST_SKIP()
          << "full: RACESIM_POSTGRES_DSN names no server; tests/pipeline/test_postgres_store.py does";
    server_ = dsn;
    database_ = std::string("t_") + testing::UnitTest::GetInstance()->current_test_info()->name();
    for (char& c : database_) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    admin("DROP DATABASE IF EXISTS " + database_ + " WITH (FORCE)");
    admin("CREATE DATABASE " + database_);
    dsn_ = server_.substr(0, server_.rfind('/') + 1) + database_;
  }

  /// First column of the first row.
  static std::string ask(const std::string& dsn, const std::string& sql) {
    const auto target = postgres::parse_target(dsn, "");
    postgres::Trouble trouble;
    const auto connection = postgres::Connection::open(*target, "racesim test", trouble);
    if (!connection) {
      ADD_FAILURE() << connection.error().what;
      return "";
    }
    const auto answer = (*connection)->run(sql);
    if (!answer) {
      ADD_FAILURE() << answer.error().what;
      return "";
    }
    return answer->rows() > 0 ? std::string(answer->value(0, 0)) : "";
  }
  void admin(const std::string& sql) { ask(server_, sql); }
  std::string ask(const std::string& sql) { return ask(dsn_, sql); }

  StoreOptions options(std::vector<StoreTable> tables) const {
    StoreOptions out;
    out.target = dsn_;
    out.tables = std::move(tables);
    return out;
  }
  std::unique_ptr<Store> open(std::vector<StoreTable> tables) const {
    auto store = open_postgres(options(std::move(tables)));
    EXPECT_TRUE(store.has_value()) << store.error().what;
    return store ? std::move(*store) : nullptr;
  }

  std::string server_, database_, dsn_;
};

/// Rows of car 1 with the numbers [first, first + count), one sample each 10 ms.
inline RowBatch telemetry(std::uint64_t first, std::size_t count, std::uint16_t car = 1) {
  RowBatch batch(schema_info<TelemetryRow>());
  batch.resize(count);
  const Text driver = batch.add_text("HAL");
  for (std::size_t i = 0; i < count; ++i) {
    TelemetryRow row{};
    row.run.value = 0xa1b2c3d4;
    row.session = 1;
    row.car = car;
    row.driver = driver;
    row.seq = first + i;
    row.time.ms = 1'780'000'000'000 + static_cast<std::int64_t>(row.seq) * 10;
    row.session_time_ms = static_cast<std::int64_t>(row.seq) * 10;
    row.speed_dkmh = static_cast<std::uint16_t>(row.seq * 7 % 3400);
    row.lap_distance_mm = static_cast<std::int32_t>(row.seq * 831 % 5'891'000);
    batch.rows<TelemetryRow>()[i] = row;
  }
  return batch;
}

}  // namespace racesim::postgres_world
