// Goal: what the gateway keeps and gives of rows is what a plain reading of all rows gives. Method: random
// rows against references that know no buckets, no keys and no bound: maps over everything that was put in.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "agg/entry.h"
#include "model/aggregates/standings.h"
#include "model/race.h"
#include "serve/gateway/graphql/row_type.h"
#include "serve/gateway/time_buckets.h"
#include "serve/gateway/typed_rows.h"
#include "serve/processing/bounded_aggregation.h"
#include "serve/processing/result_table.h"
#include "serve/processing/row_copy.h"

namespace racesim::serve {
namespace {

constexpr const char* kDrivers[] = {"HAL", "LIN", "OKA"};

RowBatch random_samples(std::mt19937& random, std::size_t count) {
  RowBatch rows(schema_info<TelemetryRow>());
  rows.resize(count);
  std::int64_t time_ms = -5'000;  // buckets before 1970 too
  for (TelemetryRow& row : rows.rows<TelemetryRow>()) {
    row = TelemetryRow{};
    time_ms += static_cast<std::int64_t>(random() % 400);
    row.time = {time_ms};
    row.driver = rows.add_text(kDrivers[random() % 3]);
    row.speed_dkmh = static_cast<std::uint16_t>(random() % 3'500);
    if (random() % 4 > 0) row.gap_ms = {static_cast<std::int32_t>(random() % 90'000)};
  }
  return rows;
}

std::vector<std::size_t> all_rows(const RowBatch& rows) {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

std::int64_t plain_bucket(std::int64_t time_us, std::int64_t every_us) {
  std::int64_t begin = 0;
  while (begin > time_us) begin -= every_us;
  while (begin + every_us <= time_us) begin += every_us;
  return begin;
}

TEST(GatewayRows, BucketsAreThoseOfAPlainReading) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    std::mt19937 random(seed);
    const RowBatch rows = random_samples(random, random() % 200);
    const SchemaInfo& schema = rows.schema();
    const FieldInfo& speed = field_of(schema, "speed_kmh");
    const FieldInfo& gap = field_of(schema, "gap_s");
    const TelemetryParts parts{&field_of(schema, "time"), &field_of(schema, "driver"), {&speed, &gap}};
    TelemetryQuestion question;
    question.every_us = 1000 * static_cast<std::int64_t>(1 + random() % 3'000);
    question.spread = true;
    const HistoryRows found = time_buckets(rows, all_rows(rows), parts, question);
    std::map<std::pair<std::int64_t, std::string>, std::vector<std::size_t>> expected;
    for (std::size_t i = 0; i < rows.size(); ++i)
      expected[{plain_bucket(rows.rows<TelemetryRow>()[i].time.ms * 1000, question.every_us),
                std::string(text_at(rows, i, *parts.whose))}]
          .push_back(i);
    ASSERT_EQ(found.size(), expected.size()) << "seed " << seed;
    std::size_t row = 0;
    for (const auto& [key, members] : expected) {
      std::int64_t least = INT64_MAX, greatest = INT64_MIN;
      for (const std::size_t i : members) {
        least = std::min<std::int64_t>(least, rows.rows<TelemetryRow>()[i].speed_dkmh);
        greatest = std::max<std::int64_t>(greatest, rows.rows<TelemetryRow>()[i].speed_dkmh);
      }
      const auto number = [&](const char* name) {
        return found.at(row, static_cast<std::size_t>(found.column(name))).number;
      };
      EXPECT_EQ(found.at(row, 0).text, time_text(key.first, FieldType::time_ms));
      EXPECT_EQ(found.at(row, 1).text, key.second);
      EXPECT_EQ(number("speed_kmh"), rows.rows<TelemetryRow>()[members.back()].speed_dkmh);
      EXPECT_EQ(number("speed_kmh_min"), least);
      EXPECT_EQ(number("speed_kmh_max"), greatest);
      const bool any_gap = std::any_of(members.begin(), members.end(), [&](std::size_t i) {
        return rows.rows<TelemetryRow>()[i].gap_ms.has_value();
      });
      EXPECT_NE(found.at(row, static_cast<std::size_t>(found.column("gap_s_max"))).is_null, any_gap);
      ++row;
    }
  }
}

TEST(GatewayRows, APageKeepsRowsOfOneMomentTogether) {
  RowBatch rows(schema_info<TelemetryRow>());
  rows.resize(6);
  const std::int64_t times_ms[] = {1, 2, 2, 2, 3, 3};
  for (std::size_t i = 0; i < 6; ++i) rows.rows<TelemetryRow>()[i] = TelemetryRow{};
  for (std::size_t i = 0; i < 6; ++i) rows.rows<TelemetryRow>()[i].time = {times_ms[i]};
  const FieldInfo& time = field_of(rows.schema(), "time");
  const std::size_t ends[] = {0, 1, 4, 4, 4, 6, 6, 6};
  for (std::size_t limit = 0; limit < 8; ++limit)
    EXPECT_EQ(page_end(rows, all_rows(rows), time, limit), ends[limit]) << limit;
}

TEST(GatewayRows, TheTableHoldsTheLastRowOfEachKeyAndForgetsTheOldest) {
  const AggregationEntry& entry = **find_aggregation("standings");
  constexpr std::size_t kMost = 40;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    ResultTable table(entry, kMost);
    std::map<std::tuple<int, int, int>, std::string> last;  // of every key that was ever there
    for (int step = 0; step < 60; ++step) {
      RowBatch results(entry.result());
      results.resize(random() % 6);
      for (std::size_t i = 0; i < results.size(); ++i) {
        StandingsRow row{};
        row.session = static_cast<std::uint16_t>(1 + random() % 2);
        row.car = static_cast<std::uint16_t>(random() % 5);
        row.passing = static_cast<std::uint32_t>(random() % 8);
        row.position = static_cast<std::uint16_t>(random() % 20);
        const std::string driver = kDrivers[random() % 3];
        row.driver = results.add_text(driver);
        results.rows<StandingsRow>()[i] = row;
        last[{row.session, row.car, static_cast<int>(row.passing)}] = driver + std::to_string(row.position);
      }
      table.put(results);
      ASSERT_LE(table.size(), kMost);
    }
    const RowBatch kept = table.select();
    EXPECT_GE(kept.size(), std::min(last.size(), kMost - kMost / 4));
    std::set<std::tuple<int, int, int>> seen;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      const StandingsRow& row = kept.rows<StandingsRow>()[i];
      const std::tuple<int, int, int> key{row.session, row.car, static_cast<int>(row.passing)};
      EXPECT_TRUE(seen.insert(key).second) << "a key stands twice";
      EXPECT_EQ(std::string(kept.text(row.driver)) + std::to_string(row.position), last.at(key));
    }
  }
}

/// Counts what it was given.
class CountingAggregation final : public Aggregation {
 public:
  explicit CountingAggregation(std::uint64_t& rows) : rows_(rows) {}
  void add(const RowBatch& rows, const LaneArrivals&, std::vector<Refused>&) override {
    rows_ += rows.size();
  }
  void advance(std::int64_t, RowBatch&) override {}
  void finish(RowBatch&) override {}
  void save(StateWriter&) const override {}
  Done load(StateReader&) override { return {}; }

 private:
  std::uint64_t& rows_;
};

TEST(GatewayRows, ChartsHoldABoundedNumberOfPlays) {
  constexpr std::int64_t kSecond_us = 1'000'000;
  for (const std::size_t per_second : {90u, 110u}) {
    std::uint64_t given = 0;
    const auto suspended = std::make_shared<std::atomic<bool>>(false);
    // A minute at 100 a second, and the seconds that counts are rounded to.
    BoundedAggregation bounded(std::make_unique<CountingAggregation>(given), 60 * kSecond_us, 6'400,
                               suspended);
    RowBatch rows(schema_info<TelemetryRow>()), results(schema_info<TelemetryRow>());
    rows.resize(per_second);
    std::vector<Refused> refused;
    for (std::int64_t second = 0; second < 300; ++second) {
      const std::vector<std::int64_t> times_us(per_second, second * kSecond_us);
      bounded.add(rows, {0, times_us, times_us}, refused);
      bounded.advance(second * kSecond_us, results);
      EXPECT_LE(bounded.held_rows(), 6'400u);
    }
    EXPECT_EQ(suspended->load(), per_second > 100);
    if (per_second < 100) {
      EXPECT_EQ(given, 300 * per_second);
    } else {
      EXPECT_LE(given, 6'400u);
    }
  }
}

TEST(GatewayRows, NamesOfColumnsBecomeNamesOfFields) {
  EXPECT_EQ(camel_name("lap_time_s"), "lapTimeS");
  EXPECT_EQ(camel_name("location.lat"), "locationLat");
  EXPECT_EQ(camel_name("rate-hz"), "rateHz");
  EXPECT_EQ(camel_name("sector1_s"), "sector1S");
  EXPECT_EQ(pascal_name("road_type"), "RoadType");
}

}  // namespace
}  // namespace racesim::serve
