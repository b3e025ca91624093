// Goal: results come out of every text output as their form promises, in one place or a file each, and an
// output that is gone on with neither loses nor repeats a header. Method: results of two aggregations that
// only tests know; what was written is compared with texts; keys of records with a map of the key's values.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "run/aggregate/outputs.h"
#include "run/aggregate/result_records.h"
#include "support/result_entries.h"
#include "support/scratch_dir.h"
#include "support/store_reference.h"

namespace racesim {
namespace {

using test::add_pace;
using test::other_entry;
using test::pace_entry;

class AggregateOutputs : public testing::Test {
 protected:
  OutputRequest request(ResultFormat format, std::vector<const AggregationEntry*> entries,
                        const std::string& path = {}) {
    OutputRequest request;
    request.kind = path.empty() ? "stdout" : "file";
    request.target = path;
    request.format = format;
    request.entries = std::move(entries);
    request.write_stdout = [this](std::string_view text) -> Done {
      written_ += text;
      return {};
    };
    return request;
  }
  static std::unique_ptr<ResultOutput> open(const OutputRequest& request) {
    auto output = make_result_output(request);
    EXPECT_TRUE(output) << output.error().what;
    return output ? std::move(*output) : nullptr;
  }
  /// One row of the aggregation.
  static void put(ResultOutput& output, const AggregationEntry& entry, std::string_view driver,
                  std::uint32_t lap, std::optional<std::int32_t> pace_ms) {
    RowBatch rows(entry.result());
    add_pace(rows, 63, driver, lap, pace_ms);
    EXPECT_TRUE(output.put(entry, rows));
    EXPECT_TRUE(output.flush());
  }

  test::ScratchDir dir_;
  std::string written_;
};

TEST_F(AggregateOutputs, WritesLinesOfJson) {
  auto output = open(request(ResultFormat::json, {&pace_entry()}));
  put(*output, pace_entry(), "HAL", 12, 91'204);
  put(*output, pace_entry(), "HAL", 13, std::nullopt);
  EXPECT_TRUE(output->close());
  EXPECT_EQ(written_,
            "{\"run\":\"a1b2c3d4\",\"car\":63,\"driver\":\"HAL\",\"lap\":12,\"pace_s\":91.204}\n"
            "{\"run\":\"a1b2c3d4\",\"car\":63,\"driver\":\"HAL\",\"lap\":13,\"pace_s\":null}\n");
}

TEST_F(AggregateOutputs, GivesResultsOfSeveralAggregationsAFileEachIfAsked) {
  auto output = open(request(ResultFormat::json, {&pace_entry(), &other_entry()}));
  put(*output, pace_entry(), "HAL", 1, 5);
  put(*output, other_entry(), "HAL", 1, 6);
  EXPECT_EQ(written_,
            "{\"run\":\"a1b2c3d4\",\"car\":63,\"driver\":\"HAL\",\"lap\":1,\"pace_s\":0.005}\n"
            "{\"run\":\"a1b2c3d4\",\"car\":63,\"driver\":\"HAL\",\"lap\":1,\"pace_s\":0.006}\n");
  auto apart = open(request(ResultFormat::json, {&pace_entry(), &other_entry()}, dir_ / "{by}-{by}.ndjson"));
  put(*apart, pace_entry(), "HAL", 1, 5);
  EXPECT_TRUE(apart->close());
  EXPECT_EQ(dir_.names(), (std::vector<std::string>{"other-other.ndjson", "pace-pace.ndjson"}));
  EXPECT_EQ(test::read_file(dir_ / "other-other.ndjson"), "");
  EXPECT_TRUE(test::read_file(dir_ / "pace-pace.ndjson").starts_with("{\"run\":"));
}

TEST_F(AggregateOutputs, WritesOneHeaderOfCsv) {
  const auto both =
      make_result_output(request(ResultFormat::csv, {&pace_entry(), &other_entry()}, dir_ / "x.csv"));
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error().kind, ErrorKind::usage);
  EXPECT_NE(both.error().hint.find("{by}"), std::string::npos);
  auto output = open(request(ResultFormat::csv, {&pace_entry()}));
  put(*output, pace_entry(), "a,\"b\"", 1, std::nullopt);
  put(*output, pace_entry(), "HAL", 2, 5);
  EXPECT_TRUE(output->close());
  EXPECT_EQ(written_, "run,car,driver,lap,pace_s\na1b2c3d4,63,\"a,\"\"b\"\"\",1,\na1b2c3d4,63,HAL,2,0.005\n");
  written_.clear();
  EXPECT_TRUE(open(request(ResultFormat::csv, {&pace_entry()}))->close());
  EXPECT_EQ(written_, "run,car,driver,lap,pace_s\n");
}

TEST_F(AggregateOutputs, GoesOnWithAFileThatWasFinishedOrTorn) {
  const std::string path = dir_ / "paces.csv";
  OutputRequest resumed = request(ResultFormat::csv, {&pace_entry()}, path);
  resumed.append = true;
  for (std::uint32_t lap = 1; lap <= 3; ++lap) {
    auto output = open(resumed);
    put(*output, pace_entry(), "HAL", lap, 5);
    EXPECT_TRUE(output->close());
  }
  const std::string row = "a1b2c3d4,63,HAL,";
  EXPECT_EQ(test::read_file(path),
            "run,car,driver,lap,pace_s\n" + row + "1,0.005\n" + row + "2,0.005\n" + row + "3,0.005\n");
  // As a kill leaves it.
  std::filesystem::rename(path, path + ".partial");
  std::ofstream(path + ".partial", std::ios::app) << "a1b2c3d4,63,HA";
  auto output = open(resumed);
  put(*output, pace_entry(), "HAL", 4, 5);
  EXPECT_TRUE(output->close());
  EXPECT_TRUE(test::read_file(path).ends_with(row + "3,0.005\n" + row + "4,0.005\n"));
  // Not to be gone on with: it is replaced once the new one is complete.
  resumed.append = false;
  auto anew = open(resumed);
  put(*anew, pace_entry(), "HAL", 9, 5);
  EXPECT_TRUE(test::read_file(path).ends_with(row + "4,0.005\n"));
  EXPECT_TRUE(anew->close());
  EXPECT_EQ(test::read_file(path), "run,car,driver,lap,pace_s\n" + row + "9,0.005\n");
  OutputRequest packed = request(ResultFormat::csv, {&pace_entry()}, dir_ / "paces.csv.gz");
  EXPECT_TRUE(make_result_output(packed));
  packed.append = true;
  const auto refused = make_result_output(packed);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
}

TEST_F(AggregateOutputs, ShowsTablesOneAfterTheOther) {
  auto output = open(request(ResultFormat::table, {&pace_entry(), &other_entry()}));
  put(*output, pace_entry(), "HAL", 9, 91'204);
  put(*output, other_entry(), "a\tb", 10, std::nullopt);
  put(*output, pace_entry(), "Zoë", 10, std::nullopt);
  EXPECT_EQ(written_, "");
  EXPECT_TRUE(output->close());
  EXPECT_EQ(written_,
            "pace\n"
            "driver  lap  pace_s\n"
            "HAL       9  91.204\n"
            "Zoë      10       -\n"
            "\n"
            "other\n"
            "run       car  driver  lap  pace_s\n"
            "a1b2c3d4   63  a\\tb     10       -\n");
}

TEST_F(AggregateOutputs, ShowsRowsAtOnceToWhoWaits) {
  OutputRequest live = request(ResultFormat::table, {&pace_entry(), &other_entry()});
  live.live = true;
  auto output = open(live);
  put(*output, pace_entry(), "HAL", 9, 91'204);
  put(*output, pace_entry(), "HAL", 10, 5);
  put(*output, other_entry(), "HAL", 9, 5);
  put(*output, pace_entry(), "HAL", 11, 5);
  const std::string others =
      "\n"
      "other\n"
      "run       car  driver  lap  pace_s\n"
      "a1b2c3d4   63  HAL       9   0.005\n";
  EXPECT_EQ(written_,
            "pace\n"
            "driver  lap  pace_s\n"
            "HAL       9  91.204\n"
            "HAL      10   0.005\n" +
                others +
                "\n"
                "pace\n"
                "driver  lap  pace_s\n"
                "HAL      11   0.005\n");
}

TEST_F(AggregateOutputs, GivesEachKeyATextOfItsOwn) {
  const AggregationEntry* const entries[] = {&pace_entry()};
  ResultRecords records(entries);
  RandomRows random(7);
  RowBatch rows(pace_entry().result());
  random.add(rows, 400);
  // Neighbours that a separator could confuse.
  for (const char* driver : {"a", "a,1", "a\",\"1", "", "\""}) add_pace(rows, 1, driver, 1, 1);
  std::vector<KafkaRecord> made;
  records.add(pace_entry(), rows, made);
  ASSERT_EQ(made.size(), rows.size());
  const StoreTable table{&pace_entry().result(), &pace_entry().table, {}, {}};
  std::map<std::string, std::string> key_of;
  std::set<std::string> keys;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::string values = test::key_text(table, rows, row);
    const auto [known, is_new] = key_of.emplace(values, made[row].key);
    EXPECT_EQ(known->second, made[row].key);
    EXPECT_EQ(keys.insert(made[row].key).second, is_new) << made[row].key;
  }
  EXPECT_EQ(made.back().key, "pace,a1b2c3d4,1,\"\"\"\",1");
  EXPECT_EQ(made.back().value,
            "{\"run\":\"a1b2c3d4\",\"car\":1,\"driver\":\"\\\"\",\"lap\":1,\"pace_s\":0.001}");
}

}  // namespace
}  // namespace racesim
