// Goal: --keep is measured behind the newest event of a table, never by the clock; what is older is removed
// in small steps, or refused when it arrives, and never comes back. Method: samples with chosen times, every
// step until nothing is removed any more, and a plain rule of which rows are left.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "model/fleet.h"
#include "unit/io/sqlite_support.h"

namespace racesim {
namespace {

using test::ScratchDir;
using test::telemetry_table;

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kStartMs = 1'783'000'000'000;  // of add_samples()

constexpr std::string_view kKeptVehicle[] = {"vehicle_id"};
constexpr std::string_view kKeptTime[] = {"timestamp"};
constexpr TableIndex kKeptIndexes[] = {{"by_time", kKeptTime}};
constexpr TableInfo kKeptFleet{
    .name = "fleet", .key = {kKeptVehicle, "timestamp"}, .time = "timestamp", .indexes = kKeptIndexes};

Appended append_all(Store& store, const StoreTable& table, const RowBatch& rows) {
  EXPECT_TRUE(store.begin());
  const Result<Appended> appended = store.append(table, rows, {});
  EXPECT_TRUE(appended) << (appended ? "" : appended.error().what);
  EXPECT_TRUE(store.commit());
  return appended ? *appended : Appended{};
}

/// Steps until nothing is left to remove; returns rows removed. The first one may remove twice the rows that
/// were stored before, further ones a thousand.
std::uint64_t expire_all(Store& store, std::uint64_t stored) {
  std::uint64_t removed = 0;
  for (;;) {
    const Result<std::uint64_t> step = store.expire();
    EXPECT_TRUE(step) << (step ? "" : step.error().what);
    if (!step || *step == 0) return removed;
    EXPECT_LE(*step, 1000 + 2 * stored);
    removed += *step;
    stored = 0;
  }
}

std::optional<std::int64_t> expired_before_us(StoreReader& reader) {
  const auto before = reader.expired_before_us(telemetry_table());
  EXPECT_TRUE(before) << (before ? "" : before.error().what);
  return before.value_or(std::nullopt);
}

TEST(SqliteKeep, RemovesWhatIsOlderThanTheNewestEventAllows) {
  const ScratchDir dir;
  StoreOptions options = test::sqlite_options(dir / "t.db");
  options.keep_ns = kSecondNs;  // 1000 samples of each car
  auto store = test::open_store(options);
  auto reader = test::open_reader(dir / "t.db");
  RowBatch rows(schema_info<TelemetryRow>());
  test::add_samples(rows, 0, 4000, 3);
  EXPECT_EQ(append_all(*store, telemetry_table(), rows).stored, 12'000U);
  EXPECT_EQ(expired_before_us(*reader), std::optional<std::int64_t>());
  EXPECT_EQ(expire_all(*store, 12'000), 3U * 2999U);
  EXPECT_EQ(test::query_text(*reader, "SELECT min(seq), max(seq), count(*) FROM telemetry"),
            "2999,3999,3003");
  EXPECT_EQ(expired_before_us(*reader), std::optional((kStartMs + 2999) * 1000));
  // What comes again is expired or a duplicate, and nothing of it is stored.
  const Appended again = append_all(*store, telemetry_table(), rows);
  EXPECT_EQ(again.expired, 3U * 2999U);
  EXPECT_EQ(again.duplicates, 3003U);
  // A longer time to keep brings nothing back either: what was removed stays removed.
  options.keep_ns = 0;
  ASSERT_TRUE(store->close());
  store = test::open_store(options);
  EXPECT_EQ(append_all(*store, telemetry_table(), rows).expired, 3U * 2999U);
  EXPECT_EQ(expire_all(*store, 0), 0U);
  EXPECT_EQ(test::query_text(*reader, "SELECT events FROM runs"), "12000");
}

TEST(SqliteKeep, KeepsUpWithWhatComesIn) {
  const ScratchDir dir;
  StoreOptions options = test::sqlite_options(dir / "t.db");
  options.keep_ns = kSecondNs;
  auto store = test::open_store(options);
  auto reader = test::open_reader(dir / "t.db");
  // One step behind each commit, as ingest does it.
  for (std::uint64_t first = 0; first < 20'000; first += 2000) {
    RowBatch rows(schema_info<TelemetryRow>());
    test::add_samples(rows, first, 2000, 3);
    append_all(*store, telemetry_table(), rows);
    ASSERT_TRUE(store->expire());
    EXPECT_EQ(test::query_text(*reader, "SELECT count(*) FROM telemetry"), "3003");
  }
}

TEST(SqliteKeep, RefusesOldRowsAndSaysWhich) {
  const ScratchDir dir;
  StoreOptions options = test::sqlite_options(dir / "t.db");
  options.keep_ns = kSecondNs;
  auto store = test::open_store(options);
  RowBatch newest(schema_info<TelemetryRow>());
  test::add_samples(newest, 5000, 1, 1);
  append_all(*store, telemetry_table(), newest);
  RowBatch rows(schema_info<TelemetryRow>());
  test::add_samples(rows, 3998, 4, 1);
  std::vector<Fate> fates(4);
  ASSERT_TRUE(store->begin());
  const Result<Appended> appended = store->append(telemetry_table(), rows, fates);
  ASSERT_TRUE(appended);
  EXPECT_EQ(appended->expired, 2U);
  EXPECT_EQ(fates, (std::vector{Fate::expired, Fate::expired, Fate::stored, Fate::stored}));
  // A rollback takes back what was refused too.
  store->rollback();
  auto reader = test::open_reader(dir / "t.db");
  EXPECT_EQ(expired_before_us(*reader), std::optional<std::int64_t>());
}

TEST(SqliteKeep, RemovesByAnIndexOfTimesTheOldestFirst) {
  const StoreTable table{&schema_info<FleetRow>(), &kKeptFleet, "fleet", ""};
  const ScratchDir dir;
  StoreOptions options = test::sqlite_options(dir / "t.db", {table});
  options.keep_ns = 100 * kSecondNs;
  auto store = test::open_store(options);
  RowBatch rows(*table.schema);
  std::int64_t newest = 0;
  RandomRows random(3);
  for (int i = 0; i < 3000; ++i) {
    FleetRow row{};
    row.vehicle_id = rows.add_text("V" + std::to_string(i % 7));
    row.timestamp.us = 1'754'000'000'000'000 + static_cast<std::int64_t>(random.below_n(1'000'000'000));
    newest = std::max(newest, row.timestamp.us);
    rows.resize(rows.size() + 1);
    rows.rows<FleetRow>().back() = row;
  }
  ASSERT_EQ(append_all(*store, table, rows).stored, 3000U);
  expire_all(*store, 3000);
  std::vector<std::int64_t> left;
  for (const FleetRow& row : rows.rows<FleetRow>())
    if (row.timestamp.us >= newest - 100'000'000) left.push_back(row.timestamp.us);
  std::sort(left.begin(), left.end());
  auto reader = test::open_reader(dir / "t.db");
  RowBatch stored = test::scan_all(*reader, table);
  std::vector<std::int64_t> kept;
  for (const FleetRow& row : stored.rows<FleetRow>()) kept.push_back(row.timestamp.us);
  EXPECT_EQ(kept, left);
}

}  // namespace
}  // namespace racesim
