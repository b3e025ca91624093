// Goal: what a store holds of events comes out of it as records that are the same rows again, table by table
// in order of time, from any place on; other tables are no events; a place that is not there any more is
// told. Method: random rows of every table go into SQLite, the records that come out are decoded, and both
// are compared as maps; reading is cut off at random blocks and goes on from what a store would keep.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>

#include "io/sources/store.h"
#include "io/stores/sqlite/store.h"
#include "run/rows/block_decoder.h"
#include "run/rows/event_tables.h"
#include "support/scratch_dir.h"
#include "support/store_reference.h"
#include "unit/io/sources/kept_positions.h"

namespace racesim {
namespace {

StoreOptions store_of_tables(const std::string& path) {
  StoreOptions options;
  options.target = path;
  options.durability = Durability::normal;
  options.tables.assign(store_tables().begin(), store_tables().end());
  return options;
}

void append_rows(Store& store, const StoreTable& table, const RowBatch& rows) {
  ASSERT_TRUE(store.begin());
  const Result<Appended> appended = store.append(table, rows, {});
  ASSERT_TRUE(appended) << appended.error().what;
  ASSERT_TRUE(store.commit());
}

std::unique_ptr<Source> source_of(const std::string& path) {
  StoreSourceOptions options;
  options.kind = "sqlite";
  options.target = path;
  options.tables.assign(event_tables().begin(), event_tables().end());
  options.to_lines = &rows_to_json;
  auto source = make_store_source(std::move(options));
  EXPECT_TRUE(source) << source.error().what;
  return std::move(*source);
}

/// Rows by table, as decoded from the records.
using TableContents = std::map<std::string, RowBatch>;

void take(const RecordBlock& block, Source& source, BlockDecoder& decoder, TableContents& to) {
  DecodedBlock decoded;
  decoder.decode(block, source.lane(block.lane), decoded);
  EXPECT_TRUE(decoded.rejects.empty()) << decoded.rejects.front().reason;
  for (const auto& part : decoded.parts) {
    RowBatch& rows = to.try_emplace(std::string(part->table.table->name), *part->table.schema).first->second;
    for (std::size_t i = 0; i < part->rows.size(); ++i) test::copy_row(part->rows, i, rows);
  }
}

TEST(StoreSource, GivesBackWhatIsStoredFromAnyPlaceOn) {
  const test::ScratchDir dir;
  auto store = open_sqlite_store(store_of_tables(dir / "t.db"));
  ASSERT_TRUE(store) << store.error().what;
  std::map<std::string, test::StoreReference> references;
  for (const StoreTable& table : store_tables()) {
    test::RepeatingRows random_rows(table, 7);
    RowBatch raw(*table.schema), rows(*table.schema);
    random_rows.add(raw, 300);
    test::keep_fit(**store, table, raw, rows);
    append_rows(**store, table, rows);
    std::vector<Fate> fates;
    test::StoreReference reference(table);
    reference.append(rows, fates);
    if (!table.scenario.empty()) references.emplace(table.table->name, std::move(reference));
  }
  std::mt19937_64 random(7);
  auto decoder = BlockDecoder::make({});
  ASSERT_TRUE(decoder);
  for (int round = 0; round < 5; ++round) {
    KeptPositions kept;
    TableContents found;
    bool ended = false;
    for (int life = 0; !ended && life < 1000; ++life) {
      auto source = source_of(dir / "t.db");
      const Done opened = source->open(kept);
      ASSERT_TRUE(opened) << opened.error().what;
      RecordBlock block;
      block.most_records = 1 + random() % 100;
      for (auto blocks = random() % 10; !ended && blocks > 0; --blocks) {
        const Result<Pulled> pulled = source->pull(block, 0);
        ASSERT_TRUE(pulled) << pulled.error().what;
        ended = *pulled == Pulled::ended;
        if (ended) break;
        take(block, *source, **decoder, found);
        kept.commit(block);
      }
    }
    EXPECT_EQ(found.size(), references.size());
    for (const auto& [name, rows] : found) {
      ASSERT_TRUE(references.count(name)) << name << " holds no events";
      EXPECT_TRUE(references.at(name).contents_of(rows) == references.at(name).contents()) << name;
    }
  }
}

TEST(StoreSource, TellsThatRowsCameInBeforeThePlace) {
  const test::ScratchDir dir;
  auto store = open_sqlite_store(store_of_tables(dir / "t.db"));
  ASSERT_TRUE(store) << store.error().what;
  const StoreTable& table = event_tables().front();
  test::RepeatingRows random_rows(table, 3);
  RowBatch raw(*table.schema), rows(*table.schema), more(*table.schema);
  random_rows.add(raw, 400);
  test::keep_fit(**store, table, raw, rows);
  append_rows(**store, table, rows);
  KeptPositions kept;
  {
    auto source = source_of(dir / "t.db");
    ASSERT_TRUE(source->open(kept));
    RecordBlock block;
    while (*source->pull(block, 0) == Pulled::records) kept.commit(block);
  }
  ASSERT_TRUE(source_of(dir / "t.db")->open(kept));
  raw.clear();
  random_rows.add(raw, 400);
  test::keep_fit(**store, table, raw, more);
  append_rows(**store, table, more);
  const Done opened = source_of(dir / "t.db")->open(kept);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().what.find("rows were added or removed before it"), std::string::npos);
}

}  // namespace
}  // namespace racesim
