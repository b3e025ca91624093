// Goal: History answers as a plain loop over all rows does, whatever the order in which rows came, where the
// question cuts buckets, and how small its pages are. Method: random samples in a real SQLite store (and in
// PostgreSQL where RACESIM_POSTGRES_DSN names a server), random questions, all pages one behind the other.
#include <cstdlib>
#include <thread>

#include "history_world.h"
#include "serve/gateway/time_buckets.h"
#include "support/postgres_world.h"
#include "support/scratch_dir.h"

namespace racesim::serve {
namespace {

HistoryOptions history_at(std::string_view kind, const std::string& target) {
  HistoryOptions history;
  for (const StoreInfo& store : store_registry())
    if (store.name == kind) history.store = &store;
  history.options.target = target;
  const std::span<const StoreTable> tables = event_tables();
  history.options.tables.assign(tables.begin(), tables.end());
  history.options.summaries = true;
  history.options.busy_wait_ns = 1'000'000'000;
  return history;
}

std::unique_ptr<Store> open_kept(const HistoryOptions& history) {
  Result<std::unique_ptr<Store>> store = history.store->open(history.options);
  EXPECT_TRUE(store) << (store ? "" : store.error().what);
  return store ? std::move(*store) : nullptr;
}

void compare_with_reference(const HistoryOptions& options, std::uint64_t seed, int questions) {
  HistoryDice random(seed);
  const std::vector<Sample> samples = random_samples(random, 3, 1500);
  {
    const std::unique_ptr<Store> store = open_kept(options);
    ASSERT_NE(store, nullptr);
    store_samples(*store, samples, random);
    ASSERT_TRUE(store->close());
  }
  History history(options);
  for (int i = 0; i < questions; ++i) {
    const TelemetryQuestion question = random_question(random);
    ASSERT_EQ(all_pages(history, question), plain_answer(samples, question))
        << "seed " << seed << ", question " << i << ": every_us " << question.every_us << " limit "
        << question.limit << " whose " << question.whose << " from " << question.from_us.value_or(0) << " to "
        << question.to_us.value_or(0) << " lap " << question.lap.value_or(0);
  }
}

/// Items, each member on its own: sources may differ in the order of their columns.
std::vector<std::map<std::string, std::string>> texts_of(const HistoryRows& rows) {
  std::vector<std::map<std::string, std::string>> items(rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row)
    for (std::size_t column = 0; column < rows.columns.size(); ++column) {
      const HistoryValue value = rows.at(row, column);
      items[row][rows.columns[column].name] =
          value.is_null ? "null" : std::string(value.text) + std::to_string(value.number);
    }
  return items;
}

TEST(HistoryTest, AnswersAsAPlainLoopDoes) {
  const test::ScratchDir dir;
  compare_with_reference(history_at("sqlite", dir / "kept.db"), 20260701, 150);
}

TEST(HistoryTest, AnswersAsAPlainLoopDoesFromPostgres) {
  const char* const dsn = std::getenv("RACESIM_POSTGRES_DSN");
  if (dsn == nullptr)
    GTEST_SKIP() << "full: RACESIM_POSTGRES_DSN names no server; tests/pipeline/test_postgres_store.py does";
  compare_with_reference(history_at("postgres", dsn), 20260702, 60);
}

class HistoryInPostgres : public postgres_world::PostgresServer {};

TEST_F(HistoryInPostgres, SummarisesWhatAWriterStoresThatBeganBefore) {
  const HistoryOptions options = history_at("postgres", dsn_);
  HistoryOptions plain = options;
  plain.options.summaries = false;
  HistoryDice random(13);
  const std::vector<Sample> samples = random_samples(random, 2, 400);
  const std::unique_ptr<Store> writer = open_kept(plain);
  ASSERT_TRUE(writer->begin());
  ASSERT_TRUE(open_kept(options)->close());  // makes the summaries, of no rows yet
  RowBatch rows(*sample_table().schema);
  for (const Sample& sample : samples) add_sample(sample, rows);
  std::vector<Fate> fates(rows.size());
  ASSERT_TRUE(writer->append(sample_table(), rows, fates));
  ASSERT_TRUE(writer->commit());
  ASSERT_TRUE(writer->close());
  History history(options);
  for (const std::int64_t every_us : {0, 20'000'000}) {
    TelemetryQuestion question{.scenario = "race", .run = "a1b2c3d4", .fields = {"speed_kmh", "gap_s"}};
    question.every_us = every_us;
    EXPECT_EQ(all_pages(history, question), plain_answer(samples, question));
  }
}

/// Rows that are counted one by one take far longer than the test waits for.
TEST_F(HistoryInPostgres, EndsWhatIsGivenUp) {
  const std::unique_ptr<HistoryReader> reader =
      history_at("postgres", dsn_).store->make_history(history_at("postgres", dsn_).options);
  ASSERT_TRUE(reader->begin(600'000));
  std::thread other([&] { reader->cancel(); });
  const Done ended =
      reader->select("SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b",
                     [](const SelectedRow&) { return true; });
  other.join();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().what, "the question was given up");
  EXPECT_FALSE(reader->select("SELECT 1", [](const SelectedRow&) { return true; })) << "of the same question";
  reader->end();
  ASSERT_TRUE(reader->begin(600'000));
  EXPECT_TRUE(reader->select("SELECT 1", [](const SelectedRow&) { return true; }));
  reader->end();
}

TEST(HistoryTest, SummarisesWhatWasThereBefore) {
  const test::ScratchDir dir;
  HistoryOptions options = history_at("sqlite", dir / "kept.db");
  HistoryDice random(7);
  const std::vector<Sample> samples = random_samples(random, 2, 800);
  {
    HistoryOptions plain = options;
    plain.options.summaries = false;
    const std::unique_ptr<Store> store = open_kept(plain);
    store_samples(*store, {samples.begin(), samples.begin() + 900}, random);
    // Opened before the summaries are made, and goes on behind that.
    ASSERT_TRUE(open_kept(options)->close());
    store_samples(*store, {samples.begin() + 900, samples.end()}, random);
    ASSERT_TRUE(store->close());
  }
  History history(options);
  TelemetryQuestion question = random_question(random);
  question = {
      .scenario = "race", .run = "a1b2c3d4", .fields = {"speed_kmh", "gap_s"}, .every_us = 20'000'000};
  question.spread = true;
  EXPECT_EQ(all_pages(history, question), plain_answer(samples, question));
}

TEST(HistoryTest, BucketsHaveTheNumbersThatMemoryGives) {
  const test::ScratchDir dir;
  const HistoryOptions options = history_at("sqlite", dir / "kept.db");
  HistoryDice random(12);
  std::vector<Sample> samples = random_samples(random, 2, 300);
  {
    const std::unique_ptr<Store> store = open_kept(options);
    store_samples(*store, samples, random);
    ASSERT_TRUE(store->close());
  }
  std::stable_sort(samples.begin(), samples.end(),
                   [](const Sample& a, const Sample& b) { return a.time_ms < b.time_ms; });
  RowBatch rows(*sample_table().schema);
  std::vector<std::size_t> order;
  for (const Sample& sample : samples) {
    order.push_back(rows.size());
    add_sample(sample, rows);
  }
  History history(options);
  for (const std::int64_t every_ms : {10'000, 7'000, 30'000})
    for (const std::vector<std::string>& names :
         {std::vector<std::string>{"car", "seq", "speed_kmh"}, {"seq", "seq"}, {}}) {
      TelemetryQuestion question{.scenario = "race", .run = "a1b2c3d4", .fields = names};
      question.every_us = every_ms * 1000;
      question.spread = true;
      const SchemaInfo& schema = rows.schema();
      TelemetryParts parts{find_field(schema, "time"), find_field(schema, "driver"), {}};
      for (const FieldInfo& field : schema.fields)
        if (names.empty() || std::find(names.begin(), names.end(), field.path) != names.end())
          parts.fields.push_back(&field);
      const HistoryRows memory = time_buckets(rows, order, parts, question);
      const Result<HistoryRows> stored = history.telemetry(question);
      ASSERT_TRUE(stored) << stored.error().what;
      ASSERT_GT(memory.size(), 5u);
      EXPECT_EQ(texts_of(*stored), texts_of(memory)) << every_ms << " ms, " << names.size() << " fields";
    }
}

TEST(HistoryTest, NamesWhatIsNotThere) {
  const test::ScratchDir dir;
  const HistoryOptions options = history_at("sqlite", dir / "kept.db");
  HistoryDice random(8);
  store_samples(*open_kept(options), random_samples(random, 2, 10), random);
  History history(options);
  TelemetryQuestion question;
  question.scenario = "race";
  question.run = "00000000";
  EXPECT_EQ(history.telemetry(question).error().what, "nothing is stored of run 00000000");
  question.run = "a1b2c3d4";
  question.whose = "NOB";
  const Error nobody = history.telemetry(question).error();
  EXPECT_EQ(nobody.what, "run a1b2c3d4 has no driver 'NOB'");
  EXPECT_EQ(nobody.hint, "there are: DFX, DGX");
  question.whose = "' OR 1=1 --";
  EXPECT_EQ(history.telemetry(question).error().kind, ErrorKind::usage);
  question.whose.clear();
  question.fields = {"speed"};
  EXPECT_EQ(history.telemetry(question).error().kind, ErrorKind::usage);
  question.fields = {"tyre"};
  EXPECT_TRUE(history.telemetry(question));
  question.every_us = 1'000'000;
  EXPECT_NE(history.telemetry(question).error().hint.find("only numbers"), std::string::npos);
  const Result<std::vector<StoredRun>> runs = history.runs("race", 10);
  ASSERT_TRUE(runs) << runs.error().what;
  ASSERT_EQ(runs->size(), 1u);
  EXPECT_EQ(runs->front().run, "a1b2c3d4");
  EXPECT_EQ(runs->front().events, 20u);
  // No aggregation has written there.
  EXPECT_EQ(history.standings({.run = "a1b2c3d4"})->size(), 0u);
  EXPECT_EQ(history.side_stream("laps", {.run = "a1b2c3d4"})->size(), 0u);
}

TEST(HistoryTest, GoesBackNoFurtherThanRowsAreKept) {
  const test::ScratchDir dir;
  HistoryOptions options = history_at("sqlite", dir / "kept.db");
  options.options.keep_ns = 95'000'000'000;
  HistoryDice random(9);
  std::vector<Sample> samples = random_samples(random, 2, 1000);
  const std::unique_ptr<Store> store = open_kept(options);
  std::stable_sort(samples.begin(), samples.end(),
                   [](const Sample& a, const Sample& b) { return a.time_ms < b.time_ms; });
  for (std::size_t at = 0; at < samples.size(); at += 100) {
    RowBatch rows(*sample_table().schema);
    for (std::size_t i = at; i < std::min(at + 100, samples.size()); ++i) add_sample(samples[i], rows);
    std::vector<Fate> fates(rows.size());
    ASSERT_TRUE(store->begin());
    ASSERT_TRUE(store->append(sample_table(), rows, fates));
    ASSERT_TRUE(store->commit());
    ASSERT_TRUE(store->expire());
  }
  while (store->expire().value() > 0) {
  }
  const std::int64_t begin_ms = samples.back().time_ms - 95'000;
  std::erase_if(samples, [&](const Sample& sample) { return sample.time_ms < begin_ms; });
  History history(options);
  TelemetryQuestion question{.scenario = "race", .run = "a1b2c3d4", .fields = {"speed_kmh", "gap_s"}};
  question.spread = true;
  question.every_us = 10'000'000;
  EXPECT_EQ(all_pages(history, question), plain_answer(samples, question));
}

TEST(HistoryTest, EndsWhenItTakesTooLong) {
  const test::ScratchDir dir;
  HistoryOptions options = history_at("sqlite", dir / "kept.db");
  options.limit_ms = 0;
  HistoryDice random(10);
  store_samples(*open_kept(options), random_samples(random, 1, 10), random);
  History history(options);
  const Result<HistoryRows> rows =
      history.telemetry({.scenario = "race", .run = "a1b2c3d4", .fields = {"speed_kmh"}});
  ASSERT_FALSE(rows);
  EXPECT_NE(rows.error().what.find("took longer"), std::string::npos) << rows.error().what;
}

}  // namespace
}  // namespace racesim::serve
