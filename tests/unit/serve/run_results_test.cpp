// Goal: the results of a run and its manifest are stored once, with the events that they are made of, however
// often a transaction has to be done again and wherever blocks are cut. Method: packets of vehicles, of which
// some are violations, in blocks of random size; a store in memory whose calls fail by dice.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "model/aggregates/violation.h"
#include "model/fleet.h"
#include "run/rows/event_tables.h"
#include "serve/keeping/run_manifests.h"
#include "serve/keeping/run_results.h"
#include "sim/registry.h"

namespace racesim::serve {
namespace {

constexpr std::uint32_t kFleetRun = 0x0badcafe;

/// Keeps the number of rows and the manifests of what was committed.
class DicedStore final : public Store {
 public:
  explicit DicedStore(std::uint64_t seed) : random_(seed) {}

  std::string name() const override { return "diced"; }
  Result<std::vector<LanePosition>> positions(std::string_view) override {
    return std::vector<LanePosition>();
  }
  Done begin() override {
    open_.clear();
    open_manifests_.clear();
    return {};
  }
  Result<Appended> append(const StoreTable& table, const RowBatch& rows, std::span<Fate>) override {
    if (random_() % 5 == 0) return fail(ErrorKind::busy, "a moment, please");
    if (table.table->name == kManifestsTable)
      for (const RunManifestRow& row : rows.rows<RunManifestRow>())
        open_manifests_.emplace_back(rows.text(row.manifest));
    else
      for (const ViolationRow& row : rows.rows<ViolationRow>()) open_.push_back(row.seq.value);
    Appended appended;
    appended.stored = rows.size();
    return appended;
  }
  void find_unfit(const StoreTable&, const RowBatch&, std::vector<RecordFate>&) const override {}
  Done add_dead_letters(std::span<const DeadRecord>) override { return {}; }
  Result<bool> advance(const LanePosition&, const LanePosition&) override { return true; }
  Done commit() override {
    if (random_() % 4 == 0) return fail(ErrorKind::busy, "a moment, please");
    violations.insert(violations.end(), open_.begin(), open_.end());
    manifests.insert(manifests.end(), open_manifests_.begin(), open_manifests_.end());
    return {};
  }
  void rollback() override {}
  bool worth_retrying() const override { return true; }
  Done close() override { return {}; }

  std::vector<std::int64_t> violations;  // by seq
  std::vector<std::string> manifests;

 private:
  std::mt19937_64 random_;
  std::vector<std::int64_t> open_;
  std::vector<std::string> open_manifests_;
};

const StoreTable& packets_table() {
  for (const StoreTable& table : event_tables())
    if (table.table->name == "fleet") return table;
  std::abort();
}

bool is_speeding(std::uint64_t seq) {
  return seq % 3 == 1;
}

std::unique_ptr<Work> packets_of(std::uint64_t first, std::uint64_t last) {
  auto work = std::make_unique<Work>();
  work->block.after.source = kRunSource;
  work->block.after.lane = "0badcafe";
  TableRows& part = work->decoded.part(packets_table());
  part.rows.resize(last - first);
  for (std::uint64_t seq = first; seq < last; ++seq) {
    FleetRow row{};
    row.vehicle_id = part.rows.add_text("TESTCAR01");
    row.timestamp.us = 1'783'000'000'000'000 + static_cast<std::int64_t>(seq) * 200'000;
    row.run.value = kFleetRun;
    row.seq = seq;
    row.speeding = is_speeding(seq);
    part.rows.rows<FleetRow>()[seq - first] = row;
    part.records.push_back(static_cast<std::uint32_t>(seq - first));
  }
  return work;
}

class RunResultsTest : public testing::Test {
 protected:
  RunResultsTest() {
    BegunRun begun;
    begun.run = kFleetRun;
    begun.content = ContentOptions(*find_scenario("fleet"));
    begun.manifest = std::make_shared<const Manifest>();
    book_.add(std::move(begun));
  }

  /// As the writer does it: again until it is done.
  void store_all(DicedStore& store, RunResults& results, std::vector<std::unique_ptr<Work>> works) {
    for (;;) {
      ASSERT_TRUE(store.begin());
      if (!results.write(store, works) || !store.commit()) continue;
      return results.committed();
    }
  }

  RunBook book_;
  RunLedger ledger_;
};

TEST_F(RunResultsTest, OnceWhateverFails) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    DicedStore store(seed);
    std::mt19937_64 random(seed);
    RunResults results(book_, ledger_, [](const Error& error) { FAIL() << error.what; });
    ledger_.put({kFleetRun, 1, false, "begun"});
    std::uint64_t seq = 0;
    std::vector<std::int64_t> expected;
    for (int transaction = 0; transaction < 30; ++transaction) {
      std::vector<std::unique_ptr<Work>> works;
      for (std::uint64_t blocks = 1 + random() % 3; blocks > 0; --blocks) {
        const std::uint64_t last = seq + random() % 5;
        works.push_back(packets_of(seq, last));
        for (; seq < last; ++seq)
          if (is_speeding(seq)) expected.push_back(static_cast<std::int64_t>(seq));
      }
      if (transaction == 29) {
        works.back()->block.lanes_ended = 1;
        ledger_.put({kFleetRun, 1, true, "ended"});
      }
      store_all(store, results, std::move(works));
    }
    ASSERT_EQ(store.violations, expected) << seed;
    EXPECT_EQ(store.manifests, (std::vector<std::string>{"begun", "ended"})) << seed;
    EXPECT_EQ(ledger_.input_of(kFleetRun)->taken, seq) << seed;
    EXPECT_EQ(ledger_.input_of(kFleetRun)->results, expected.size()) << seed;
  }
}

TEST_F(RunResultsTest, OnlyOfTheServicesRuns) {
  DicedStore store(1);
  RunResults results(book_, ledger_, [](const Error& error) { FAIL() << error.what; });
  std::vector<std::unique_ptr<Work>> works;
  works.push_back(packets_of(0, 10));
  works.back()->block.after.source = "http";
  works.push_back(packets_of(0, 10));
  works.back()->block.after.lane = "00000001";  // that nobody has begun
  store_all(store, results, std::move(works));
  EXPECT_TRUE(store.violations.empty());
  EXPECT_FALSE(ledger_.input_of(kFleetRun));
}

}  // namespace
}  // namespace racesim::serve
