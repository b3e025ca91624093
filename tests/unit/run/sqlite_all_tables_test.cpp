// Goal: rows of every table that ingest knows come back from SQLite as they were, each key once.
// Method: random rows that repeat keys, with the same content and with other content, against a plain map.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/stores/sqlite/store.h"
#include "run/rows/block_decoder.h"
#include "support/scratch_dir.h"
#include "support/store_reference.h"

namespace racesim {
namespace {

StoreOptions options_of(const std::string& path) {
  StoreOptions options;
  options.target = path;
  options.durability = Durability::normal;
  options.tables.assign(store_tables().begin(), store_tables().end());
  return options;
}

TEST(SqliteAllTables, KeepRowsLikeAMap) {
  const test::ScratchDir dir;
  const StoreOptions options = options_of(dir / "t.db");
  auto opened = open_sqlite_store(options);
  ASSERT_TRUE(opened) << opened.error().what;
  Store& store = **opened;
  for (const StoreTable& table : store_tables()) {
    SCOPED_TRACE(table.table->name);
    test::StoreReference reference(table);
    test::RepeatingRows source(table, 1);
    for (int round = 0; round < 3; ++round) {
      RowBatch raw(*table.schema), rows(*table.schema);
      source.add(raw, 100);
      test::keep_fit(store, table, raw, rows);
      std::vector<Fate> expected_fates;
      const Appended expected = reference.append(rows, expected_fates);
      ASSERT_TRUE(store.begin());
      const Result<Appended> appended = store.append(table, rows, {});
      ASSERT_TRUE(appended) << appended.error().what;
      EXPECT_EQ(appended->stored, expected.stored);
      EXPECT_EQ(appended->duplicates, expected.duplicates);
      EXPECT_EQ(appended->conflicting, expected.conflicting);
      ASSERT_TRUE(store.commit());
    }
    auto reader = open_sqlite_reader(options);
    ASSERT_TRUE(reader) << reader.error().what;
    RowBatch stored(*table.schema);
    for (bool more = true; more;) {
      const Result<bool> next = (*reader)->scan(table, {}, 50, stored);
      ASSERT_TRUE(next) << next.error().what;
      more = *next;
    }
    EXPECT_TRUE(reference.contents_of(stored) == reference.contents());
  }
}

}  // namespace
}  // namespace racesim
