// Goal: a file that cannot be used is told with its reason and the way out before anything is written to it;
// a database of an earlier racesim gets what it lacks.
// Method: files, folders and databases of every wrong kind.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "support/earlier_race.h"
#include "unit/io/sqlite_support.h"

namespace racesim {
namespace {

using test::ScratchDir;
using test::sqlite_options;
using test::telemetry_table;

void change(const std::string& path, const char* sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
  sqlite3_close(db);
}

/// The error of opening, which plan() has too.
Error error_of(const std::string& path, bool plan_knows = true) {
  const auto plan = plan_sqlite_store(sqlite_options(path));
  const auto store = open_sqlite_store(sqlite_options(path));
  EXPECT_FALSE(store) << path;
  if (store) return {};
  EXPECT_FALSE(store.error().hint.empty()) << store.error().what;
  if (plan_knows) {
    EXPECT_FALSE(plan) << path;
    if (!plan) {
      EXPECT_EQ(plan.error().kind, store.error().kind);
    }
  }
  return store.error();
}

TEST(SqliteOpen, RefusesWhatIsNoDatabase) {
  const ScratchDir dir;
  const std::string path = dir / "notes.txt";
  test::write_file(path, std::string(5000, 'x'));
  const Error error = error_of(path);
  EXPECT_EQ(error.kind, ErrorKind::usage);
  EXPECT_EQ(error.what, "open " + path + ": it is not an SQLite database");
  EXPECT_EQ(test::read_file(path), std::string(5000, 'x'));
}

TEST(SqliteOpen, SaysWhatIsWrongWithThePath) {
  const ScratchDir dir;
  EXPECT_EQ(error_of(dir / "none/t.db").what,
            "open " + (dir / "none/t.db") + ": there is no folder " + (dir / "none"));
  EXPECT_EQ(error_of(dir.path()).what, "open " + dir.path() + ": it is a folder");
}

TEST(SqliteOpen, RefusesADatabaseThatCannotBeWritten) {
  if (geteuid() == 0) GTEST_SKIP() << "privilege: root may write everything";
  const ScratchDir dir;
  const std::string path = dir / "t.db";
  ASSERT_NE(test::open_store(sqlite_options(path)), nullptr);
  ASSERT_EQ(chmod(path.c_str(), 0444), 0);
  const Error error = error_of(path, false);
  EXPECT_EQ(error.kind, ErrorKind::runtime);
  EXPECT_NE(error.what.find("read-only"), std::string::npos) << error.what;
}

/// What somebody without rights sees of the file: the number of its runs, or the error.
std::string seen_by_nobody(const std::string& path, const std::string& answer) {
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && setuid(65534) != 0) _exit(1);
    const Result<std::unique_ptr<StoreReader>> reader = open_sqlite_reader(sqlite_options(path));
    const std::string seen =
        reader ? test::query_text(**reader, "SELECT count(*) FROM runs") : reader.error().what;
    // The folder that is read cannot be written, so the answer goes through a file that was there before.
    std::ofstream(answer) << seen;
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status == 0 ? test::read_file(answer) : "no answer";
}

TEST(SqliteOpen, ReadsInAFolderThatCannotBeWrittenUnlessTheLogHoldsSomething) {
  const ScratchDir dir, answers;
  const std::string path = dir / "50%?.db";
  const std::string answer = answers / "answer";
  ASSERT_TRUE(test::open_store(sqlite_options(path))->close());
  test::write_file(answer, "");
  ASSERT_EQ(chmod(answer.c_str(), 0666), 0);
  ASSERT_EQ(chmod(answers.path().c_str(), 0755), 0);
  ASSERT_EQ(chmod(dir.path().c_str(), 0555), 0);
  EXPECT_EQ(seen_by_nobody(path, answer), "0");
  ASSERT_EQ(chmod(dir.path().c_str(), 0755), 0);
  test::write_file(path + "-wal", "not copied yet");
  ASSERT_EQ(chmod(dir.path().c_str(), 0555), 0);
  EXPECT_EQ(seen_by_nobody(path, answer), "open " + path + ": its folder cannot be written, and its log " +
                                              path + "-wal holds what is not in it yet");
  ASSERT_EQ(chmod(dir.path().c_str(), 0755), 0);
}

TEST(SqliteOpen, RefusesANewerSchemaAndNamesBothVersions) {
  const ScratchDir dir;
  const std::string path = dir / "t.db";
  ASSERT_NE(test::open_store(sqlite_options(path)), nullptr);
  change(path, "INSERT INTO schema_version VALUES (7, '2027-01-01T00:00:00.000Z')");
  const Error error = error_of(path);
  EXPECT_EQ(error.kind, ErrorKind::usage);
  EXPECT_EQ(error.what, "open " + path + ": its schema is version 7, this racesim knows versions up to 2");
  const auto reader = open_sqlite_reader(sqlite_options(path));
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().what, error.what);
}

TEST(SqliteOpen, LeavesTablesOfOthersAlone) {
  const ScratchDir dir;
  // Ours may stand beside theirs …
  const std::string beside = dir / "beside.db";
  change(beside, "CREATE TABLE mine (a); INSERT INTO mine VALUES (1)");
  EXPECT_EQ(plan_sqlite_store(sqlite_options(beside)), "tables to make: telemetry");
  ASSERT_NE(test::open_store(sqlite_options(beside)), nullptr);
  EXPECT_EQ(plan_sqlite_store(sqlite_options(beside)), "no table is to be made");
  auto reader = test::open_reader(beside);
  EXPECT_EQ(test::query_text(*reader, "SELECT a FROM mine"), "1");
  // … but not under the same name.
  for (const char* sql : {"CREATE TABLE telemetry (a)", "CREATE TABLE runs (a)",
                          "CREATE TABLE schema_version (v)", "CREATE VIEW telemetry AS SELECT 1"}) {
    const std::string path = dir / "clash.db";
    std::filesystem::remove(path);
    change(path, sql);
    const std::string before = test::read_file(path);
    const Error error = error_of(path);
    EXPECT_EQ(error.kind, ErrorKind::usage);
    EXPECT_NE(error.what.find("was not made by racesim"), std::string::npos) << error.what;
  }
}

/// Opens for the table, and stores the rows with the numbers [first, first + 10).
void store_ten(const std::string& path, const StoreTable& table, std::uint64_t first) {
  auto store = test::open_store(sqlite_options(path, {table}));
  RowBatch rows(*table.schema);
  test::add_numbered(rows, first, 10);
  ASSERT_TRUE(store->begin());
  const auto done = store->append(table, rows, {});
  ASSERT_TRUE(done) << done.error().what;
  EXPECT_EQ(done->stored, 10U);
  ASSERT_TRUE(store->commit());
}

TEST(SqliteOpen, AddsColumnsThatAnEarlierTableLacks) {
  const test::EarlierRace race;
  for (const test::EarlierTable* table : race.all()) {
    const ScratchDir dir;
    const std::string path = dir / "t.db";
    store_ten(path, table->then(), 0);
    // As it is it may be read: what it has no column for is missing.
    RowBatch found = test::scan_all(*test::open_reader(path), table->now());
    test::expect_numbered(found, *table, 10, 0);
    EXPECT_EQ(plan_sqlite_store(sqlite_options(path, {table->now()})), "no table is to be made");
    store_ten(path, table->now(), 10);
    found = test::scan_all(*test::open_reader(path), table->now());
    test::expect_numbered(found, *table, 10, 10);
    EXPECT_EQ(test::query_text(*test::open_reader(path), "SELECT version FROM schema_version"), "1;2");
  }
}

TEST(SqliteOpen, MakesWhatADatabaseOfVersion1Lacks) {
  const ScratchDir dir;
  const std::string path = dir / "t.db";
  ASSERT_NE(test::open_store(sqlite_options(path)), nullptr);
  change(path, "DROP TABLE aggregation_state; DELETE FROM schema_version WHERE version = 2");
  // Read it may be as it is.
  EXPECT_EQ(test::query_text(*test::open_reader(path), "SELECT version FROM schema_version"), "1");
  auto store = test::open_store(sqlite_options(path));
  EXPECT_EQ(store->state("laps").value(), std::nullopt);
  EXPECT_EQ(test::query_text(*test::open_reader(path), "SELECT version FROM schema_version"), "1;2");
}

TEST(SqliteOpen, MakesSmallPagesForSmallCommitsInNewFilesOnly) {
  const ScratchDir dir;
  for (const bool small : {true, false}) {
    const std::string path = dir / (small ? "small.db" : "bulk.db");
    StoreOptions options = sqlite_options(path);
    options.small_commits = small;
    ASSERT_TRUE(test::open_store(options)->close());
    options.small_commits = !small;
    ASSERT_TRUE(test::open_store(options)->close());
    // Bytes 16 and 17 of the file, the high one first.
    EXPECT_EQ(test::read_file(path).substr(16, 2), std::string(small ? "\x10\0" : "\x40\0", 2));
  }
}

TEST(SqliteOpen, TakesAnyNameForAFile) {
  const ScratchDir dir;
  for (const char* name : {"a b?mode=memory&x.db", "%41.db", "Zoë.db"}) {
    ASSERT_NE(test::open_store(sqlite_options(dir / name)), nullptr);
    EXPECT_TRUE(std::filesystem::exists(dir / name)) << name;
  }
}

}  // namespace
}  // namespace racesim
