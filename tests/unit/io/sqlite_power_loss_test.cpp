// Goal (row P of docs/reliability.md): a commit that was acknowledged survives a loss of power with full
// durability; with normal durability a prefix of the commits does; the database is whole in both cases, and
// ingesting goes on exactly. The same for writes and syncs that fail.
// Method: a file system that records writes and syncs. At random moments the disk is made as it could be
// then: unsynced sectors in any of their states. RACESIM_FULL=1 takes ten times as many moments.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "support/recording_vfs.h"
#include "support/rounds.h"
#include "unit/io/sqlite_support.h"

namespace racesim {
namespace {

using test::at_offset;
using test::RecordingVfs;
using test::ScratchDir;

constexpr std::int64_t kCommits = 24;
constexpr std::int64_t kSamplesPerCommit = 40;  // of two cars

/// Moves pages from the log into the database, as a commit does once the log is long.
void checkpoint(const std::string& path) {
  sqlite3* db = nullptr;
  sqlite3_open(path.c_str(), &db);
  sqlite3_exec(db, "PRAGMA wal_checkpoint(PASSIVE)", nullptr, nullptr, nullptr);
  sqlite3_close(db);
}

/// Commits number `next` of what is to be ingested: rows, and the position behind them.
Done commit_one(Store& store, std::int64_t next) {
  RowBatch rows(schema_info<TelemetryRow>());
  test::add_samples(rows, static_cast<std::uint64_t>(next * kSamplesPerCommit), kSamplesPerCommit);
  if (Done ok = store.begin(); !ok) return ok;
  const Result<Appended> appended = store.append(test::telemetry_table(), rows, {});
  if (!appended) return tl::make_unexpected(appended.error());
  EXPECT_EQ(appended->stored, rows.size());
  const Result<bool> moved = store.advance(at_offset(next), at_offset(next + 1));
  if (!moved) return tl::make_unexpected(moved.error());
  EXPECT_TRUE(*moved);
  return store.commit();
}

/// Where the store stands; every row up to there is there, and none else.
std::int64_t check_whole(Store& store, const std::string& path) {
  const auto kept = store.positions("kafka abc f1-telemetry");
  EXPECT_TRUE(kept);
  const std::int64_t next = !kept || kept->empty() ? 0 : kept->front().next;
  sqlite3* db = nullptr;
  sqlite3_open(path.c_str(), &db);
  const auto ask = [&](const char* sql) {
    std::string answer;
    sqlite3_exec(
        db, sql,
        [](void* to, int, char** cells, char**) {
          *static_cast<std::string*>(to) += cells[0] == nullptr ? "NULL" : cells[0];
          return 0;
        },
        &answer, nullptr);
    return answer;
  };
  EXPECT_EQ(ask("PRAGMA integrity_check"), "ok");
  const std::string rows = std::to_string(next * kSamplesPerCommit * 2);
  EXPECT_EQ(ask("SELECT count(*) FROM telemetry"), rows);
  EXPECT_EQ(ask("SELECT coalesce(max(seq) + 1, 0) FROM telemetry"), std::to_string(next * kSamplesPerCommit));
  EXPECT_EQ(ask("SELECT coalesce(sum(events), 0) FROM runs"), rows);
  sqlite3_close(db);
  return next;
}

/// Ingests what is missing.
void finish(Store& store, const std::string& path, std::int64_t commits) {
  for (std::int64_t next = check_whole(store, path); next < commits; ++next) {
    const Done ok = commit_one(store, next);
    ASSERT_TRUE(ok) << ok.error().what;
  }
  EXPECT_EQ(check_whole(store, path), commits);
}

struct Recorded {
  std::vector<RecordingVfs::Operation> operations;
  std::vector<std::size_t> acknowledged;  // operations by then, of each commit
  std::size_t opened = 0;                 // operations when the store was open
};

Recorded record_run(const StoreOptions& options) {
  RecordingVfs vfs;
  Recorded run;
  auto store = test::open_store(options);
  run.opened = vfs.operations.size();
  for (std::int64_t next = 0; next < kCommits; ++next) {
    EXPECT_TRUE(commit_one(*store, next));
    run.acknowledged.push_back(vfs.operations.size());
    if (next % 7 == 6) checkpoint(options.target);
  }
  run.operations = vfs.operations;
  return run;
}

class SqlitePowerLoss : public testing::TestWithParam<Durability> {};

TEST_P(SqlitePowerLoss, KeepsAPrefixOfTheCommits) {
  const ScratchDir dir;
  StoreOptions options = test::sqlite_options(dir / "t.db");
  options.durability = GetParam();
  const Recorded run = record_run(options);
  const StreamKey key = stream_key(1, "test.power", static_cast<std::uint64_t>(GetParam()));
  std::uint64_t drawn = 0;
  const auto below_n = [&](std::uint64_t n) { return below(draw(key, drawn++), n); };
  std::int64_t lost = 0;
  const int moments = test::full_counts() ? 200 : 20;
  for (int moment = 0; moment < moments; ++moment) {
    const std::size_t cut = run.opened + below_n(run.operations.size() - run.opened) + 1;
    const std::string folder = dir / std::to_string(moment);
    std::filesystem::create_directory(folder);
    for (const auto& [name, bytes] : test::after_power_loss(run.operations, cut, below_n))
      test::write_file(folder + "/" + std::filesystem::path(name).filename().string(), bytes);
    StoreOptions after = options;
    after.target = folder + "/t.db";
    after.durability = Durability::normal;
    SCOPED_TRACE("cut " + std::to_string(cut));
    auto store = test::open_store(after);
    ASSERT_NE(store, nullptr);
    const std::int64_t kept = check_whole(*store, after.target);
    std::int64_t acknowledged = 0;
    while (acknowledged < kCommits && run.acknowledged[static_cast<std::size_t>(acknowledged)] <= cut)
      ++acknowledged;
    EXPECT_LE(kept, acknowledged + 1);
    if (GetParam() == Durability::full) {
      EXPECT_GE(kept, acknowledged);
    }
    lost += acknowledged - kept;
    finish(*store, after.target, kCommits);
    std::filesystem::remove_all(folder);
  }
  // The disk of the test does lose what was not synced.
  if (GetParam() == Durability::normal) {
    EXPECT_GT(lost, moments);
  }
}

INSTANTIATE_TEST_SUITE_P(Durabilities, SqlitePowerLoss,
                         testing::Values(Durability::full, Durability::normal));

/// One ingest on a disk whose k-th operation fails; then another one, on a good disk. False: nothing failed.
bool fail_once(std::size_t k, int error, bool for_good) {
  constexpr std::int64_t kFew = 4;
  const ScratchDir dir;
  const StoreOptions options = test::sqlite_options(dir / "t.db");
  std::int64_t acknowledged = 0;
  bool failed = false;
  {
    RecordingVfs vfs;
    vfs.fail_at = k;
    vfs.error = error;
    vfs.for_good = for_good;
    Result<std::unique_ptr<Store>> store = open_sqlite_store(options);
    Done ok = store ? Done() : tl::make_unexpected(store.error());
    for (; ok && acknowledged < kFew; acknowledged += ok ? 1 : 0) {
      ok = commit_one(**store, acknowledged);
      if (ok && acknowledged == 1) checkpoint(options.target);
    }
    if (!ok) {
      EXPECT_FALSE(ok.error().hint.empty()) << ok.error().what;
      EXPECT_NE(ok.error().what.find("t.db"), std::string::npos) << ok.error().what;
      if (error == SQLITE_FULL && vfs.operations[k - 1].kind == RecordingVfs::Operation::Kind::write) {
        EXPECT_NE(ok.error().what.find("the disk is full"), std::string::npos) << ok.error().what;
      }
      if (store) {
        EXPECT_FALSE((*store)->worth_retrying());
      }
    }
    if (store) static_cast<void>((*store)->close());
    failed = vfs.operations.size() >= k;  // the k-th may be a removal, which never fails
  }
  auto store = test::open_store(options);
  if (store == nullptr) return false;
  EXPECT_GE(check_whole(*store, options.target), acknowledged);
  finish(*store, options.target, kFew);
  return failed;
}

class SqliteFailingDisk : public testing::TestWithParam<std::pair<int, bool>> {};

TEST_P(SqliteFailingDisk, LosesAndDoublesNothing) {
  const std::size_t step = test::full_counts() ? 1 : 5;
  std::size_t tried = 0;
  for (std::size_t k = 1 + static_cast<std::size_t>(GetParam().second);; k += step) {
    SCOPED_TRACE("operation " + std::to_string(k));
    if (!fail_once(k, GetParam().first, GetParam().second) || HasFailure()) break;
    ++tried;
  }
  EXPECT_GT(tried, 10U);
}

INSTANTIATE_TEST_SUITE_P(Errors, SqliteFailingDisk,
                         testing::Values(std::pair{SQLITE_IOERR_WRITE, false},
                                         std::pair{SQLITE_IOERR_WRITE, true}, std::pair{SQLITE_FULL, true}));

}  // namespace
}  // namespace racesim
