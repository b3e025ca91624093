// Goal: whatever happens to store and process, every record ends up once: as a row, as a dead letter, or
// known as a copy. Method: random lanes with copies, conflicts and damage through the real pipeline into a
// store in memory that fails now and then; processes that are cut off at random moments and started again,
// and several at once on the same lanes; a plain reference reads the lanes from front to back.
#include "run/ingest/ingest.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "support/ingest_fakes.h"
#include "support/rounds.h"

namespace racesim {
namespace {

using namespace ingest_fakes;

/// Rows of a lane never meet those of another one, so the first of two in conflict is the same in any order.
Lanes random_lanes(std::mt19937_64& random, std::size_t lanes, std::size_t records) {
  Lanes all(lanes);
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    std::uint64_t seq = 0;
    for (std::size_t i = 0; i < records; ++i) {
      const std::uint64_t kind = random() % 20;
      if (kind == 0)
        all[lane].push_back("broken " + std::to_string(i));
      else if (kind == 1 && seq > 0)
        all[lane].push_back(std::to_string(lane) + " " + std::to_string(random() % seq) + " 7");
      else if (kind == 2 && seq > 0)
        all[lane].push_back(std::to_string(lane) + " " + std::to_string(random() % seq) + " 8");
      else if (kind == 3)
        all[lane].emplace_back();
      else if (kind == 4)
        all[lane].push_back(std::to_string(lane) + " 18446744073709551615 7");
      else
        all[lane].push_back(std::to_string(lane) + " " + std::to_string(seq++) + " 7");
    }
  }
  return all;
}

struct Expected {
  std::map<Database::Key, std::uint32_t> rows;
  std::uint64_t dead = 0, duplicates = 0, blank = 0;
};

Expected read_plainly(const Lanes& lanes) {
  Expected expected;
  for (const auto& lane : lanes)
    for (const std::string& record : lane) {
      const auto row = parse_number(record);
      if (record.empty()) {
        ++expected.blank;
      } else if (!row || row->seq > INT64_MAX) {
        ++expected.dead;
      } else {
        const auto [at, fresh] = expected.rows.try_emplace({row->owner, row->seq}, row->value);
        if (!fresh && at->second == row->value) ++expected.duplicates;
        if (!fresh && at->second != row->value) ++expected.dead;
      }
    }
  return expected;
}

/// A process: the pipeline and its parts.
struct Process {
  Process(Database& db, const Lanes& lanes, std::uint64_t seed, Trouble trouble = {}, bool awaited = false) {
    auto owned = std::make_unique<MemorySource>(lanes, seed);
    source = owned.get();
    source->awaited = awaited;
    IngestConfig config;
    config.batch_records = static_cast<std::uint32_t>(1 + seed % 200);
    config.flush_ns = 1'000'000;
    ingest =
        std::make_unique<Ingest>(config, std::move(owned), std::make_unique<MemoryStore>(db, seed, trouble),
                                 std::make_unique<NumberDecoder>(), system_clock());
    // Who makes the rows changes nothing.
    if (seed % 2 == 0) ingest->share_decoding(std::make_unique<NumberDecoder>());
    opened = ingest->open();
    if (opened) ingest->start();
  }
  MemorySource* source = nullptr;
  std::unique_ptr<Ingest> ingest;
  Done opened;
};

void expect_adds_up(const IngestCounts& c) {
  EXPECT_EQ(c.consumed, c.stored + c.duplicates + c.dead_lettered + c.rejected + c.expired);
}

void expect_all(const Database& db, const Lanes& lanes) {
  const Expected expected = read_plainly(lanes);
  EXPECT_EQ(db.rows, expected.rows);
  EXPECT_EQ(db.dead.size(), expected.dead);
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const auto at = db.positions.find({"memory", std::to_string(i)});
    ASSERT_NE(at, db.positions.end());
    EXPECT_EQ(static_cast<std::size_t>(at->second.next), lanes[i].size());
  }
}

TEST(Ingest, EveryRecordEndsUpOnce) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const Lanes lanes = random_lanes(random, 1 + seed % 4, 400);
    Database db;
    Process process(db, lanes, seed);
    const IngestResult result = process.ingest->wait();
    ASSERT_FALSE(result.error) << result.error->what;
    EXPECT_TRUE(result.reached_end);
    EXPECT_TRUE(result.drained);
    expect_all(db, lanes);
    const Expected expected = read_plainly(lanes);
    const IngestCounts& c = result.status.counts;
    EXPECT_EQ(c.stored, expected.rows.size());
    EXPECT_EQ(c.duplicates, expected.duplicates);
    EXPECT_EQ(c.dead_lettered, expected.dead);
    EXPECT_EQ(c.consumed, lanes.size() * 400 - expected.blank);
    EXPECT_EQ(c.stored_by_table.at("numbers"), c.stored);
    expect_adds_up(c);
  }
}

TEST(Ingest, AStoreThatStumblesIsAskedAgain) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const Lanes lanes = random_lanes(random, 2, 200);
    Database db;
    Process process(db, lanes, seed * 37, {.retryable = 40});
    const IngestResult result = process.ingest->wait();
    ASSERT_FALSE(result.error) << result.error->what;
    expect_all(db, lanes);
    expect_adds_up(result.status.counts);
    EXPECT_EQ(result.status.counts.stored, db.rows.size());
  }
}

TEST(Ingest, AStoreThatIsGoneEndsItAndNothingIsHalfThere) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const Lanes lanes = random_lanes(random, 2, 500);
    Database db;
    Process process(db, lanes, seed, {.fatal = 30});
    const IngestResult result = process.ingest->wait();
    if (result.error) {
      EXPECT_EQ(result.error->what, "the disk is gone");
      EXPECT_FALSE(result.drained);
    }
    EXPECT_EQ(result.status.counts.stored, db.rows.size());
    Process again(db, lanes, seed + 1);
    ASSERT_FALSE(again.ingest->wait().error);
    expect_all(db, lanes);
  }
}

TEST(Ingest, ProcessesThatAreCutOffLoseAndDoubleNothing) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const Lanes lanes = random_lanes(random, 3, test::rounds(2000));
    Database db;
    std::uint64_t stored = 0;
    for (int life = 0; life < 5; ++life) {
      Process process(db, lanes, seed * 100 + static_cast<std::uint64_t>(life), {.retryable = 200});
      for (std::uint64_t spin = random() % 2000; spin > 0; --spin) std::this_thread::yield();
      process.ingest->abandon();
      stored += process.ingest->wait().status.counts.stored;
    }
    Process last(db, lanes, seed);
    const IngestResult result = last.ingest->wait();
    ASSERT_FALSE(result.error);
    expect_all(db, lanes);
    EXPECT_EQ(stored + result.status.counts.stored, db.rows.size());
  }
}

TEST(Ingest, SeveralOnTheSameLanesFenceEachOther) {
  std::uint64_t fenced = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const Lanes lanes = random_lanes(random, 3, 1000);
    Database db;
    std::vector<std::unique_ptr<Process>> processes;
    for (std::uint64_t i = 0; i < 3; ++i)
      processes.push_back(std::make_unique<Process>(db, lanes, seed * 3 + i));
    std::uint64_t stored = 0, dead = 0;
    for (const auto& process : processes) {
      const IngestResult result = process->ingest->wait();
      ASSERT_FALSE(result.error) << result.error->what;
      stored += result.status.counts.stored;
      dead += result.status.counts.dead_lettered;
      fenced += result.status.counts.fenced;
      expect_adds_up(result.status.counts);
    }
    expect_all(db, lanes);
    EXPECT_EQ(stored, db.rows.size());
    EXPECT_EQ(dead, db.dead.size());
  }
  EXPECT_GT(fenced, 0U);
}

TEST(Ingest, ALaneThatWasMovedBehindItsBackIsGoneOnWithToTheEnd) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Lanes lanes(1);
    for (int i = 0; i < 30; ++i) lanes[0].push_back("0 " + std::to_string(i) + " 7");
    Database db;
    auto source = std::make_unique<MemorySource>(lanes, seed);
    Ingest ingest({}, std::move(source), std::make_unique<MemoryStore>(db, seed, Trouble{}),
                  std::make_unique<NumberDecoder>(), system_clock());
    ASSERT_TRUE(ingest.open());
    // Somebody else stores the first ten after this one has asked where to begin. Everything that it reads is
    // in one transaction, its last.
    for (std::uint64_t i = 0; i < 10; ++i) db.rows[{0, i}] = 7;
    LanePosition moved;
    moved.source = "memory";
    moved.lane = "0";
    moved.next = 10;
    db.positions[{"memory", "0"}] = moved;
    ingest.start();
    const IngestResult result = ingest.wait();
    ASSERT_FALSE(result.error) << result.error->what;
    EXPECT_TRUE(result.reached_end);
    EXPECT_EQ(result.status.counts.stored, 20U);
    EXPECT_EQ(result.status.counts.fenced, 1U);
    expect_all(db, lanes);
  }
}

/// What becomes of a block when its records meet those in `seen`, one by one.
BlockOutcome outcome_of(const SettledBlock& block, const Lanes& lanes,
                        std::map<Database::Key, std::uint32_t>& seen) {
  BlockOutcome outcome;
  for (std::uint32_t i = 0; i < block.size; ++i) {
    const std::string& record = lanes[block.lane][block.first + i];
    const auto row = parse_number(record);
    if (record.empty()) {
      ++outcome.blank;
    } else if (!row || row->seq > INT64_MAX) {
      ++outcome.rejected;
      outcome.others.push_back({i, Fate::rejected, ""});
    } else if (const auto [at, fresh] = seen.try_emplace({row->owner, row->seq}, row->value); fresh) {
      ++outcome.stored;
    } else if (at->second == row->value) {
      ++outcome.duplicates;
    } else {
      ++outcome.conflicts;
      outcome.others.push_back({i, Fate::conflict, ""});
    }
  }
  return outcome;
}

TEST(Ingest, WhoWaitsIsToldWhatBecameOfEachRecord) {
  std::mt19937_64 random(5);
  const Lanes lanes = random_lanes(random, 2, 500);
  Database db;
  Process process(db, lanes, 5, {.retryable = 50}, true);
  ASSERT_FALSE(process.ingest->wait().error);
  std::uint64_t records = 0;
  std::map<Database::Key, std::uint32_t> seen;
  for (const SettledBlock& block : process.source->outcomes()) {
    records += block.size;
    const BlockOutcome expected = outcome_of(block, lanes, seen);
    EXPECT_EQ(block.outcome.stored, expected.stored);
    EXPECT_EQ(block.outcome.duplicates, expected.duplicates);
    EXPECT_EQ(block.outcome.conflicts, expected.conflicts);
    EXPECT_EQ(block.outcome.rejected, expected.rejected);
    EXPECT_EQ(block.outcome.blank, expected.blank);
    EXPECT_EQ(block.outcome.expired, 0U);
    ASSERT_EQ(block.outcome.others.size(), expected.others.size());
    for (std::size_t i = 0; i < expected.others.size(); ++i) {
      EXPECT_EQ(block.outcome.others[i].index, expected.others[i].index);
      EXPECT_EQ(block.outcome.others[i].fate, expected.others[i].fate);
    }
  }
  EXPECT_EQ(records, 1000U);
  EXPECT_EQ(seen, db.rows);
  EXPECT_LT(db.commits, process.source->outcomes().size()) << "no two blocks shared a commit";
  EXPECT_EQ(process.source->failed(), 0U);
}

TEST(Ingest, ARecordThatIsNoneEndsItIfAskedTo) {
  const Lanes lanes{{"0 0 7", "0 1 7", "what is this", "0 2 7"}};
  Database db;
  auto source = std::make_unique<MemorySource>(lanes, 1);
  IngestConfig config;
  config.on_invalid = OnInvalid::fail;
  Ingest ingest(config, std::move(source), std::make_unique<MemoryStore>(db, 1, Trouble{}),
                std::make_unique<NumberDecoder>(), system_clock());
  ASSERT_TRUE(ingest.open());
  ingest.start();
  const IngestResult result = ingest.wait();
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->what, "memory, offset 2: no numbers");
  EXPECT_TRUE(db.dead.empty());
  EXPECT_EQ(db.rows.count({0, 2}), 0U);
}

TEST(Ingest, ARequestWithABadRecordIsRefusedAsAWhole) {
  const Lanes lanes{{"0 0 7", "what is this", "0 2 7"}};
  Database db;
  auto source = std::make_unique<MemorySource>(lanes, 1);
  MemorySource& seen = *source;
  seen.awaited = true;
  IngestConfig config;
  config.on_invalid = OnInvalid::reject;
  Ingest ingest(config, std::move(source), std::make_unique<MemoryStore>(db, 1, Trouble{}),
                std::make_unique<NumberDecoder>(), system_clock());
  ASSERT_TRUE(ingest.open());
  ingest.start();
  const IngestResult result = ingest.wait();
  ASSERT_FALSE(result.error);
  std::uint64_t refused = 0;
  for (const SettledBlock& block : seen.outcomes()) {
    const BlockOutcome& outcome = block.outcome;
    if (!outcome.refused) continue;
    refused += block.size;
    EXPECT_EQ(outcome.stored, 0U);
    ASSERT_EQ(outcome.others.size(), 1U);
    EXPECT_EQ(outcome.others[0].reason, "no numbers");
  }
  EXPECT_EQ(refused, result.status.counts.rejected);
  EXPECT_GT(refused, 0U);
  EXPECT_EQ(db.rows.size() + refused, 3U);
  EXPECT_TRUE(db.dead.empty());
  expect_adds_up(result.status.counts);
}

}  // namespace
}  // namespace racesim
