// Goal: the SQLite store keeps each row once, exactly, together with the position it was read up to.
// Method: random rows of a type that has every field, under every kind of key, against a plain map; rows are
// read back and compared value by value. Two stores on one file for guards and locks.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "model/event_id.h"
#include "unit/io/sqlite_support.h"

namespace racesim {
namespace {

using test::at_offset;
using test::ScratchDir;
using test::sqlite_options;
using test::telemetry_table;

constexpr std::string_view kWideScope[] = {"run", "level", "note"};
constexpr std::string_view kWideAlone[] = {"mode"};
constexpr std::string_view kWideOptional[] = {"run", "total", "lists.tags", "car.balance", "valid"};
constexpr std::string_view kWideIndexed[] = {"time.seen_at", "car.gear"};
constexpr TableIndex kWideIndexes[] = {{"by_time", kWideIndexed}};
constexpr PlannedColumn kWidePlanned[] = {{"later", FieldType::signed_int, 2}};

/// Keys of every kind.
const std::vector<TableInfo>& wide_tables() {
  static const std::vector<TableInfo> tables{
      {.name = "by_number", .key = {kWideScope, "total"}, .time = "time.seen_at"},
      {.name = "by_small", .key = {kWideAlone, "rpm"}, .time = "time.seen_at", .indexes = kWideIndexes},
      {.name = "by_time", .key = {kWideScope, "time.measured_at"}, .time = "time.measured_at"},
      {.name = "by_day", .key = {{}, "day"}},
      {.name = "by_uuid", .key = {{}, "id"}, .time = "time.seen_at", .planned = kWidePlanned},
      {.name = "by_text", .key = {kWideAlone, "note"}},
      {.name = "by_either",
       .key = {kWideScope, "total"},
       .key_without = {kWideAlone, "time.seen_at"},
       .optional = kWideOptional,
       .time = "time.seen_at"},
  };
  return tables;
}

StoreTable wide_table(const TableInfo& info) {
  return {&schema_info<WideRow>(), &info, "wide", info.key.scope.size() == 3 ? "run" : ""};
}

/// Twenty batches of random rows with repeats, under the eyes of a map. Returns rows that were in conflict or
/// replaced.
std::uint64_t compare_with_a_map(const StoreTable& table, bool with_fates, std::uint64_t seed) {
  const ScratchDir dir;
  StoreOptions options = sqlite_options(dir / "t.db", {table});
  options.durability = Durability::normal;
  auto store = test::open_store(options);
  test::StoreReference reference(table);
  test::RepeatingRows source(table, seed);
  std::uint64_t others = 0;
  for (int round = 0; round < 20; ++round) {
    RowBatch raw(*table.schema);
    source.add(raw, 50);
    RowBatch rows(*table.schema);
    test::keep_fit(*store, table, raw, rows);
    std::vector<Fate> expected_fates;
    const Appended expected = reference.append(rows, expected_fates);
    std::vector<Fate> fates(with_fates ? rows.size() : 0);
    EXPECT_TRUE(store->begin());
    const Result<Appended> appended = store->append(table, rows, fates);
    EXPECT_TRUE(appended) << appended.error().what;
    if (!appended) return 0;
    EXPECT_EQ(appended->stored, expected.stored);
    EXPECT_EQ(appended->duplicates, expected.duplicates);
    EXPECT_EQ(appended->conflicts, expected.conflicts);
    EXPECT_EQ(appended->conflicting, expected.conflicting);
    EXPECT_EQ(appended->replaced, expected.replaced);
    if (with_fates) {
      EXPECT_EQ(fates, expected_fates);
    }
    EXPECT_TRUE(store->commit());
    others += expected.conflicts + expected.replaced;
    if (round == 10) {
      // A new process knows nothing but the file.
      EXPECT_TRUE(store->close());
      store = test::open_store(options);
    }
  }
  auto reader = test::open_reader(dir / "t.db");
  const RowBatch stored = test::scan_all(*reader, table);
  EXPECT_TRUE(reference.contents_of(stored) == reference.contents());
  EXPECT_EQ(test::query_text(*reader, "PRAGMA table_info(missing_table)"), "");
  if (table.scenario.empty()) {
    EXPECT_EQ(test::query_text(*reader, "SELECT count(*) FROM runs"), "0");
  }
  return others;
}

class SqliteRandomRows : public testing::TestWithParam<int> {};

TEST_P(SqliteRandomRows, AreKeptLikeInAMap) {
  const TableInfo& info = wide_tables()[static_cast<std::size_t>(GetParam() / 2)];
  EXPECT_GT(compare_with_a_map(wide_table(info), GetParam() % 2 == 1, static_cast<std::uint64_t>(GetParam())),
            10U);
}

INSTANTIATE_TEST_SUITE_P(AllKeys, SqliteRandomRows, testing::Range(0, 14));

class SqliteRandomResults : public testing::TestWithParam<int> {};

TEST_P(SqliteRandomResults, ReplaceEachOtherLikeInAMap) {
  TableInfo info = wide_tables()[static_cast<std::size_t>(GetParam() / 2)];
  info.replaces = true;
  StoreTable table = wide_table(info);
  table.scenario = {};
  EXPECT_GT(compare_with_a_map(table, GetParam() % 2 == 1, static_cast<std::uint64_t>(GetParam())), 10U);
}

// All keys but the last one, which has a second form.
INSTANTIATE_TEST_SUITE_P(AllKeys, SqliteRandomResults, testing::Range(0, 12));

TEST(SqliteStore, KeepsStateWithTheTransaction) {
  const ScratchDir dir;
  auto store = test::open_store(sqlite_options(dir / "t.db"));
  EXPECT_EQ(store->state("laps").value(), std::nullopt);
  const std::string large = std::string("\0\xff", 2) + std::string(5 << 20, 'x');
  for (const bool keep : {false, true}) {
    ASSERT_TRUE(store->begin());
    ASSERT_TRUE(store->put_state("laps", "before"));
    ASSERT_TRUE(store->put_state("laps", large));
    ASSERT_TRUE(store->put_state("windows", ""));
    if (keep)
      ASSERT_TRUE(store->commit());
    else
      store->rollback();
    EXPECT_EQ(store->state("laps").value().has_value(), keep);
  }
  auto other = test::open_store(sqlite_options(dir / "t.db"));
  EXPECT_TRUE(other->state("laps").value() == large);
  EXPECT_EQ(other->state("windows").value(), "");
  ASSERT_TRUE(other->begin());
  ASSERT_TRUE(other->put_state("laps", "after"));
  ASSERT_TRUE(other->commit());
  EXPECT_EQ(store->state("laps").value(), "after");
}

TEST(SqliteStore, RefusesAStateOfANewerFormat) {
  const ScratchDir dir;
  auto store = test::open_store(sqlite_options(dir / "t.db"));
  ASSERT_TRUE(store->begin());
  ASSERT_TRUE(store->put_state("laps", "x"));
  ASSERT_TRUE(store->commit());
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open((dir / "t.db").c_str(), &db), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, "UPDATE aggregation_state SET format = 2", nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(db);
  const auto state = store->state("laps");
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().kind, ErrorKind::usage);
  EXPECT_EQ(state.error().what,
            "sqlite:" + (dir / "t.db") + ": the state laps has the format 2, this racesim knows format 1");
}

TEST(SqliteStore, KeepsPlaysByTheNumbersInTheirIds) {
  const TableInfo& info = wide_tables()[4];
  const StoreTable table = wide_table(info);
  const ScratchDir dir;
  auto store = test::open_store(sqlite_options(dir / "t.db", {table}));
  test::StoreReference reference(table);
  RowBatch rows(*table.schema);
  RandomRows random(7);
  random.add(rows, 300);
  const std::array<std::uint32_t, 6> parts{0, 1, 65'535, 65'536, 1'048'577, UINT32_MAX};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    WideRow& row = rows.rows<WideRow>()[i];
    row.total &= INT64_MAX;
    row.balance_nano /= 100'000;
    // A third of them are of other producers.
    if (i % 3 != 0)
      row.id = pack_event_id(
          {0xabcd0123, parts[random.below_n(parts.size())], parts[random.below_n(parts.size())]});
  }
  std::vector<Fate> expected_fates;
  const Appended expected = reference.append(rows, expected_fates);
  ASSERT_TRUE(store->begin());
  const Result<Appended> appended = store->append(table, rows, {});
  ASSERT_TRUE(appended) << appended.error().what;
  EXPECT_EQ(appended->stored, expected.stored);
  EXPECT_EQ(appended->conflicting, expected.conflicting);
  ASSERT_TRUE(store->commit());
  auto reader = test::open_reader(dir / "t.db");
  EXPECT_TRUE(reference.contents_of(test::scan_all(*reader, table)) == reference.contents());
  // One run, whose events are those with an id of racesim's.
  EXPECT_EQ(test::query_text(*reader, "SELECT run, events FROM runs"),
            "abcd0123," + std::to_string(expected.stored - 100));
}

TEST(SqliteStore, ShowsValuesAsEventsDo) {
  const ScratchDir dir;
  auto store = test::open_store(sqlite_options(dir / "t.db"));
  RowBatch rows(schema_info<TelemetryRow>());
  test::add_samples(rows, 0, 3);
  ASSERT_TRUE(store->begin());
  ASSERT_TRUE(store->append(telemetry_table(), rows, {}));
  ASSERT_TRUE(store->commit());
  auto reader = test::open_reader(dir / "t.db");
  EXPECT_EQ(
      test::query_text(*reader,
                       "SELECT run, car, driver, seq, time, lat, gap_s, drs, tyre, status FROM telemetry "
                       "WHERE car = 2 AND seq = 2"),
      "a1b2c3d4,2,HAL,2,2026-07-02T13:46:40.002Z,52.065951,-0.001,0,SOFT,grid");
  EXPECT_EQ(test::query_text(*reader, "SELECT table_name, number, scope, high FROM key_blocks ORDER BY id"),
            "telemetry,seq,[\"a1b2c3d4\",1],0;telemetry,seq,[\"a1b2c3d4\",2],0");
  EXPECT_EQ(test::query_text(
                *reader,
                "SELECT count(*) FROM key_blocks b JOIN telemetry t ON t.row_key BETWEEN b.first_key AND "
                "b.last_key WHERE b.scope = '[\"a1b2c3d4\",2]'"),
            "3");
  EXPECT_EQ(test::query_text(*reader, "SELECT run, scenario, events, first_time, last_time FROM runs"),
            "a1b2c3d4,race,6,2026-07-02T13:46:40.000Z,2026-07-02T13:46:40.002Z");
  EXPECT_EQ(test::scan_all(*reader, telemetry_table(), "a1b2c3d4").size(), 6U);
  EXPECT_EQ(test::scan_all(*reader, telemetry_table(), "00000000").size(), 0U);
}

TEST(SqliteStore, KeepsNothingOfWhatIsRolledBack) {
  const ScratchDir dir;
  auto store = test::open_store(sqlite_options(dir / "t.db"));
  RowBatch rows(schema_info<TelemetryRow>());
  test::add_samples(rows, 0, 5);
  for (const bool commits : {false, true, true}) {
    ASSERT_TRUE(store->begin());
    const Result<Appended> appended = store->append(telemetry_table(), rows, {});
    ASSERT_TRUE(appended);
    EXPECT_EQ(appended->stored + appended->duplicates, 10U);
    const DeadRecord dead{"file", "x", 12, "not JSON", "{\0"};
    ASSERT_TRUE(store->add_dead_letters({&dead, 1}));
    const Result<bool> moved = store->advance(at_offset(appended->stored > 0 ? 0 : 10), at_offset(10));
    ASSERT_TRUE(moved);
    EXPECT_TRUE(*moved);
    if (commits) {
      ASSERT_TRUE(store->commit());
    } else {
      store->rollback();
    }
    const auto kept = store->positions("kafka abc f1-telemetry");
    ASSERT_TRUE(kept);
    EXPECT_EQ(*kept, commits ? std::vector{at_offset(10)} : std::vector<LanePosition>());
  }
  auto reader = test::open_reader(dir / "t.db");
  EXPECT_EQ(test::query_text(*reader,
                             "SELECT count(*), (SELECT count(*) FROM dead_letter), (SELECT events FROM runs) "
                             "FROM telemetry"),
            "10,2,10");
}

TEST(SqliteStore, MovesALaneOnlyFromWhereItStands) {
  const ScratchDir dir;
  const StoreOptions options = sqlite_options(dir / "t.db");
  auto first = test::open_store(options);
  auto second = test::open_store(options);
  ASSERT_TRUE(first->begin());
  LanePosition begin = at_offset(5);  // of a new lane
  begin.consumed = 0;
  EXPECT_EQ(first->advance(begin, at_offset(5)), true);
  EXPECT_EQ(first->advance(at_offset(5), at_offset(20)), true);
  ASSERT_TRUE(first->commit());
  // The other one still believes in the old place: its rows go with it.
  RowBatch rows(schema_info<TelemetryRow>());
  test::add_samples(rows, 0, 1);
  ASSERT_TRUE(second->begin());
  ASSERT_TRUE(second->append(telemetry_table(), rows, {}));
  EXPECT_EQ(second->advance(at_offset(5), at_offset(10)), false);
  EXPECT_EQ(second->positions("kafka abc f1-telemetry"), std::vector{at_offset(20)});
  auto reader = test::open_reader(dir / "t.db");
  EXPECT_EQ(test::query_text(*reader, "SELECT count(*) FROM telemetry"), "0");
  EXPECT_TRUE(second->positions("kafka abc other")->empty());
}

TEST(SqliteStore, RefusesALaneWhoseRowWasTakenAway) {
  const ScratchDir dir;
  auto store = test::open_store(sqlite_options(dir / "t.db"));
  ASSERT_TRUE(store->begin());
  ASSERT_EQ(store->advance(at_offset(0), at_offset(10)), true);
  ASSERT_TRUE(store->commit());
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open((dir / "t.db").c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, "DELETE FROM ingest_offsets", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(db);
  ASSERT_TRUE(store->begin());
  EXPECT_EQ(store->advance(at_offset(10), at_offset(20)), false);
  EXPECT_TRUE(store->positions("kafka abc f1-telemetry")->empty());
  // Who begins anew may go on.
  ASSERT_TRUE(store->begin());
  EXPECT_EQ(store->advance(at_offset(0), at_offset(5)), true);
  ASSERT_TRUE(store->commit());
}

TEST(SqliteStore, WaitsForALockAndSaysWhoHasIt) {
  const ScratchDir dir;
  const StoreOptions options = sqlite_options(dir / "t.db");
  auto first = test::open_store(options);
  auto second = test::open_store(options);
  ASSERT_TRUE(first->begin());
  const Done begun = second->begin();
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().kind, ErrorKind::busy);
  EXPECT_NE(begun.error().what.find("locked by another writer"), std::string::npos) << begun.error().what;
  EXPECT_TRUE(second->worth_retrying());
  ASSERT_TRUE(first->commit());
  EXPECT_TRUE(second->begin());
  EXPECT_FALSE(second->worth_retrying());
  second->rollback();
}

TEST(SqliteStore, NamesTheProcessThatHasTheLock) {
  const ScratchDir dir;
  const std::string path = dir / "t.db";
  std::array<int, 2> to_child{}, to_parent{};
  ASSERT_EQ(pipe(to_child.data()), 0);
  ASSERT_EQ(pipe(to_parent.data()), 0);
  char byte = 'y';
  // Before the store is open: SQLite must not be carried over a fork.
  const pid_t child = fork();
  if (child == 0) {
    // Told that there is a database, takes its lock, says so, and holds it until it is told again.
    bool ok = read(to_child[0], &byte, 1) == 1;
    sqlite3* db = nullptr;
    ok = ok && sqlite3_open(path.c_str(), &db) == SQLITE_OK &&
         sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK;
    byte = ok ? 'y' : 'n';
    _exit(write(to_parent[1], &byte, 1) == 1 && read(to_child[0], &byte, 1) == 1 ? 0 : 1);
  }
  auto store = test::open_store(sqlite_options(path));
  EXPECT_EQ(write(to_child[1], &byte, 1), 1);
  EXPECT_EQ(read(to_parent[0], &byte, 1), 1);
  EXPECT_EQ(byte, 'y');
  const Done begun = store->begin();
  const std::string what = begun ? "" : begun.error().what;
  EXPECT_NE(what.find("locked by process " + std::to_string(child) + " (test_io)"), std::string::npos)
      << what;
  EXPECT_EQ(write(to_child[1], &byte, 1), 1);
  EXPECT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(begun || store->begin());
  store->rollback();
  for (const int fd : {to_child[0], to_child[1], to_parent[0], to_parent[1]}) close(fd);
}

TEST(SqliteStore, NoticesThatItsFileIsGone) {
  const ScratchDir dir;
  for (const bool within : {false, true}) {
    auto store = test::open_store(sqlite_options(dir / "t.db"));
    if (within) {
      ASSERT_TRUE(store->begin());
    }
    std::filesystem::rename(dir / "t.db", dir / "u.db");
    const Done done = within ? store->commit() : store->begin();
    ASSERT_FALSE(done);
    EXPECT_NE(done.error().what.find("was moved or removed while it was in use"), std::string::npos);
    EXPECT_FALSE(store->worth_retrying());
  }
}

TEST(SqliteStore, SharesBlocksOfKeysWithOtherWriters) {
  const ScratchDir dir;
  const StoreOptions options = sqlite_options(dir / "t.db");
  std::array stores{test::open_store(options), test::open_store(options)};
  // By turns each sends what the other has sent before, and new rows of new cars.
  for (std::uint64_t turn = 0; turn < 6; ++turn) {
    Store& store = *stores[turn % 2];
    RowBatch rows(schema_info<TelemetryRow>());
    test::add_samples(rows, 0, 4, static_cast<std::uint16_t>(turn + 1));
    ASSERT_TRUE(store.begin());
    const Result<Appended> appended = store.append(telemetry_table(), rows, {});
    ASSERT_TRUE(appended) << appended.error().what;
    EXPECT_EQ(appended->stored, 4U);
    EXPECT_EQ(appended->duplicates, 4 * turn);
    // What a rollback takes away is not remembered.
    if (turn == 2) {
      store.rollback();
      ASSERT_TRUE(store.begin());
      EXPECT_EQ(store.append(telemetry_table(), rows, {})->stored, 4U);
    }
    ASSERT_TRUE(store.commit());
  }
}

TEST(SqliteStore, RefusesNumbersThatItCannotGiveBack) {
  const TableInfo& info = wide_tables()[0];
  const StoreTable table = wide_table(info);
  const ScratchDir dir;
  auto store = test::open_store(sqlite_options(dir / "t.db", {table}));
  RowBatch rows(*table.schema);
  RandomRows random(1);
  random.add(rows, 5);
  const std::array<std::uint64_t, 5> totals{0, INT64_MAX, UINT64_MAX, 5, std::uint64_t{1} << 63};
  const std::array<std::int64_t, 5> balances{1'000'000'000'000'000, -1'000'000'000'000'000, 0, INT64_MAX, 0};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows.rows<WideRow>()[i].total = totals[i];
    rows.rows<WideRow>()[i].balance_nano = balances[i];
  }
  std::vector<RecordFate> unfit;
  store->find_unfit(table, rows, unfit);
  ASSERT_EQ(unfit.size(), 3U);
  EXPECT_EQ(unfit[0].index, 2U);
  EXPECT_EQ(unfit[0].reason, "total is beyond 63 bits, which the store cannot keep");
  EXPECT_EQ(unfit[1].index, 3U);
  EXPECT_EQ(unfit[1].reason, "car.balance has more than 15 digits, which the store cannot keep exactly");
  EXPECT_EQ(unfit[2].index, 4U);
  // Who decodes asks while the writer has given up.
  ASSERT_TRUE(store->close());
  store->find_unfit(table, rows, unfit);
  EXPECT_EQ(unfit.size(), 6U);
}

}  // namespace
}  // namespace racesim
