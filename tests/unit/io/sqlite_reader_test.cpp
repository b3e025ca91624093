// Goal: a query cannot write, reach other files or go on for ever, and its mistakes are told with their
// place; a scan gives back what is stored in the order of event time, and shows what somebody changed by
// hand. Method: queries of every kind that must be refused; a database that is changed with SQLite's own
// calls.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "unit/io/sqlite_support.h"

namespace racesim {
namespace {

using test::ScratchDir;
using test::telemetry_table;

void run_sql(const std::string& path, const char* sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
  sqlite3_close(db);
}

/// A database with four samples of two cars.
void fill(const std::string& path) {
  auto store = test::open_store(test::sqlite_options(path));
  RowBatch rows(schema_info<TelemetryRow>());
  test::add_samples(rows, 0, 2);
  ASSERT_TRUE(store->begin());
  ASSERT_TRUE(store->append(telemetry_table(), rows, {}));
  ASSERT_TRUE(store->commit());
  ASSERT_TRUE(store->close());
}

TEST(SqliteQuery, RunsOneSelectAndNothingElse) {
  const ScratchDir dir;
  const std::string path = dir / "t.db";
  fill(path);
  auto reader = test::open_reader(path);
  const std::string before = test::read_file(path);
  const std::vector<std::string> refused{
      "INSERT INTO telemetry (car) VALUES (1)",
      "UPDATE telemetry SET car = 1",
      "DELETE FROM telemetry",
      "DELETE FROM telemetry RETURNING car",
      "DROP TABLE telemetry",
      "CREATE TABLE x (a)",
      "CREATE TEMP TABLE x (a)",
      "CREATE VIEW x AS SELECT 1",
      "ATTACH '" + (dir / "other.db") + "' AS other",
      "VACUUM INTO '" + (dir / "other.db") + "'",
      "PRAGMA user_version = 3",
      "PRAGMA query_only = OFF",
      "PRAGMA writable_schema = ON",
      "PRAGMA wal_checkpoint(TRUNCATE)",
      "SELECT load_extension('x')",
      "SELECT fts3_tokenizer('simple')",
      "BEGIN",
      "SELECT 1; SELECT 2",
      "SELECT 1; DELETE FROM telemetry",
      "",
      "  -- nothing",
      "EXPLAIN DELETE FROM telemetry",
  };
  for (const std::string& sql : refused) {
    Result<std::unique_ptr<ResultRows>> rows = reader->query(sql, 1000);
    EXPECT_FALSE(rows) << sql;
    if (!rows) {
      EXPECT_EQ(rows.error().kind, ErrorKind::usage) << sql << ": " << rows.error().what;
    }
  }
  EXPECT_EQ(test::read_file(path), before);
  EXPECT_FALSE(std::filesystem::exists(dir / "other.db"));
  EXPECT_EQ(test::query_text(*reader, "SELECT count(*) FROM telemetry; -- that is all"), "4");
  EXPECT_EQ(test::query_text(*reader,
                             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3) "
                             "SELECT sum(i) FROM n"),
            "6");
  EXPECT_EQ(test::query_text(*reader, "SELECT NULL, 1, 1.5, 'x', x'00ff'"),
            std::string(",1,1.5,x,\0\xff", 11));
  EXPECT_EQ(test::query_text(*reader, "PRAGMA table_info(runs)").substr(0, 6), "0,run,");
}

TEST(SqliteQuery, NamesThePlaceOfAMistake) {
  const ScratchDir dir;
  fill(dir / "t.db");
  auto reader = test::open_reader(dir / "t.db");
  EXPECT_EQ(test::query_text(*reader, "SELECT carr FROM telemetry"),
            "error: no such column: carr, at character 8: carr FROM telemetry");
  EXPECT_EQ(test::query_text(*reader, "SELECT 1 FORM telemetry x"),
            "error: near \"telemetry\": syntax error, at character 15: telemetry x");
}

TEST(SqliteQuery, EndsAtItsLimit) {
  const ScratchDir dir;
  fill(dir / "t.db");
  auto reader = test::open_reader(dir / "t.db");
  auto rows = reader->query(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n", 20);
  ASSERT_TRUE(rows);
  std::vector<Cell> cells;
  const Result<bool> more = (*rows)->next(cells);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().kind, ErrorKind::usage);
  EXPECT_EQ(more.error().what, "the query took longer than 20ms");
}

TEST(SqliteReader, ScansByTimeAndShowsWhatWasChanged) {
  const ScratchDir dir;
  const std::string path = dir / "t.db";
  fill(path);
  // A NULL, a number between the decimals, a text that is no value, a number that does not fit, a wrong type.
  run_sql(path,
          "UPDATE telemetry SET speed_kmh = NULL WHERE car = 1 AND seq = 0;"
          "UPDATE telemetry SET gap_s = 0.0011, status = 'flying' WHERE car = 2 AND seq = 0;"
          "UPDATE telemetry SET gear = 256, drs = 2, lat = 'north' WHERE car = 1 AND seq = 1;"
          "UPDATE telemetry SET time = '2026-07-02T13:46:40.0011Z' WHERE car = 2 AND seq = 1");
  auto reader = test::open_reader(path);
  const auto tables = reader->tables();
  ASSERT_TRUE(tables) << tables.error().what;
  EXPECT_EQ(*tables, std::vector<std::string>{"telemetry"});
  RowBatch rows = test::scan_all(*reader, telemetry_table());
  ASSERT_EQ(rows.size(), 4U);
  ASSERT_EQ(rows.missing.size(), 4U);
  const auto bits = [&](const std::vector<std::string_view>& paths) {
    std::uint64_t mask = 0;
    for (const std::string_view p : paths) mask |= 1ULL << test::field_index(rows.schema(), p);
    return mask;
  };
  EXPECT_EQ(rows.missing[0], bits({"speed_kmh"}));
  EXPECT_EQ(rows.missing[1], bits({"gap_s", "status"}));
  // The changed time sorts before the right one.
  EXPECT_EQ(rows.missing[2], bits({"time"}));
  EXPECT_EQ(rows.missing[3], bits({"gear", "drs", "lat"}));
  EXPECT_EQ(rows.rows<TelemetryRow>()[2].latitude_udeg, 52'065'951);
  EXPECT_EQ(rows.rows<TelemetryRow>()[3].latitude_udeg, 0);
}

TEST(SqliteReader, SaysWhatItCannotRead) {
  const ScratchDir dir;
  const auto error_of = [](const std::string& path) {
    const auto reader = open_sqlite_reader(test::sqlite_options(path));
    return reader ? std::string() : reader.error().what;
  };
  const std::string none = dir / "none.db";
  EXPECT_EQ(error_of(none), "open " + none + ": no such file");
  EXPECT_FALSE(std::filesystem::exists(none));
  const std::string text = dir / "text.db";
  test::write_file(text, std::string(5000, 'x'));
  EXPECT_NE(error_of(text).find("it is not an SQLite database"), std::string::npos) << error_of(text);
  const std::string other = dir / "other.db";
  run_sql(other, "CREATE TABLE mine (a)");
  EXPECT_EQ(error_of(other), "open " + other + ": racesim has stored nothing there");
}

}  // namespace
}  // namespace racesim
