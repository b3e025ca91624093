// Goal: each row gets the watermark of its own lane just before it, whatever the cuts of batches and the
// order of lanes; time goes on by the least of the lanes that count. Method: an aggregation that only notes
// what it is given, random rows on random lanes, a plain reference that looks at one row at a time.
#include "agg/engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace racesim {
namespace {

struct TickRow {
  std::uint32_t id;
  TimeMs time;
};
struct TockRow {
  std::uint32_t id;
  TimeUs time;
};

}  // namespace

template <>
struct Schema<TickRow> {
  static constexpr std::string_view name = "tick";
  static constexpr int version = 1;
  static constexpr auto fields = std::make_tuple(field("id", &TickRow::id), field("time", &TickRow::time));
};
template <>
struct Schema<TockRow> {
  static constexpr std::string_view name = "tock";
  static constexpr int version = 1;
  static constexpr auto fields = std::make_tuple(field("id", &TockRow::id), field("time", &TockRow::time));
};

namespace {

struct Noted {
  std::uint32_t id;
  std::uint32_t lane;
  std::int64_t time_us, watermark_us;
  bool operator==(const Noted&) const = default;
};

std::vector<Noted>* noted_rows = nullptr;

/// Refuses rows behind the watermark; results are the watermarks that it is told.
class Noter final : public Aggregation {
 public:
  void add(const RowBatch& rows, const LaneArrivals& arrivals, std::vector<Refused>& refused) override {
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      const std::uint32_t id =
          &rows.schema() == &schema_info<TickRow>() ? rows.rows<TickRow>()[i].id : rows.rows<TockRow>()[i].id;
      noted_rows->push_back({id, arrivals.lane, arrivals.time_us[i], arrivals.watermark_us[i]});
      if (arrivals.time_us[i] < arrivals.watermark_us[i]) refused.push_back({i, Refusal::late});
    }
  }
  void advance(std::int64_t watermark_us, RowBatch& results) override {
    const std::size_t size = results.size();
    results.resize(size + 1);
    results.rows<TockRow>()[size] = {0, {watermark_us}};
  }
  void finish(RowBatch&) override {}
  void save(StateWriter& out) const override { out.text("noter"); }
  Done load(StateReader& in) override {
    if (in.text() != "noter") return fail(ErrorKind::runtime, "not a noter's state", "");
    return in.done();
  }
};

constexpr AggregationInput kInputs[] = {{&schema_info<TickRow>, "time"}, {&schema_info<TockRow>, "time"}};
const AggregationEntry kNoterEntry{.name = "noter",
                                   .summary = "notes",
                                   .inputs = kInputs,
                                   .result = &schema_info<TockRow>,
                                   .table = {},
                                   .make = nullptr};

AggregationEngine make_engine(std::int64_t delay_us) {
  std::vector<AggregationEngine::Part> parts;
  parts.push_back({&kNoterEntry, std::make_unique<Noter>()});
  return AggregationEngine(std::move(parts), {delay_us});
}

/// A row that is to arrive.
struct Planned {
  std::uint32_t id, lane;
  bool tock;
  std::int64_t time_ms;
};

TEST(Engine, RandomBatchesGetTheWatermarksOfRowsOneByOne) {
  constexpr std::int64_t kDelay_us = 5'000;
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    std::vector<Planned> plan;
    const auto lanes = static_cast<std::uint32_t>(1 + random() % 3);
    for (std::uint32_t id = 0; id < 120; ++id)
      plan.push_back({id, static_cast<std::uint32_t>(random() % lanes), random() % 3 == 0,
                      static_cast<std::int64_t>(id + random() % 30)});
    std::vector<Noted> expected;
    std::vector<std::int64_t> newest_us(lanes, kNoWatermark_us);
    std::uint64_t late = 0;
    for (const Planned& row : plan) {
      std::int64_t& newest = newest_us[row.lane];
      const std::int64_t watermark_us = newest == kNoWatermark_us ? newest : newest - kDelay_us;
      expected.push_back({row.id, row.lane, row.time_ms * 1000, watermark_us});
      late += row.time_ms * 1000 < watermark_us ? 1 : 0;
      newest = std::max(newest, row.time_ms * 1000);
    }

    std::vector<Noted> noted;
    noted_rows = &noted;
    AggregationEngine engine = make_engine(kDelay_us);
    for (std::uint32_t lane = 0; lane < lanes; ++lane) engine.lane(std::to_string(lane));
    std::vector<std::vector<Refused>> refused;
    // Rows that follow each other in one lane go in together, up to a random number.
    for (std::size_t from = 0; from < plan.size();) {
      std::size_t to = from + 1;
      const std::size_t most = 1 + random() % 20;
      while (to < plan.size() && to - from < most && plan[to].lane == plan[from].lane) ++to;
      RowBatch ticks(schema_info<TickRow>()), tocks(schema_info<TockRow>());
      std::vector<std::uint32_t> tick_records, tock_records;
      for (std::size_t i = from; i < to; ++i) {
        const auto record = static_cast<std::uint32_t>(i - from);
        if (plan[i].tock) {
          tocks.resize(tocks.size() + 1);
          tocks.rows<TockRow>().back() = {plan[i].id, {plan[i].time_ms * 1000}};
          tock_records.push_back(record);
        } else {
          ticks.resize(ticks.size() + 1);
          ticks.rows<TickRow>().back() = {plan[i].id, {plan[i].time_ms}};
          tick_records.push_back(record);
        }
      }
      const ArrivedRows arrived[] = {{&ticks, tick_records}, {&tocks, tock_records}};
      engine.add(plan[from].lane, arrived, refused);
      from = to;
    }
    std::sort(noted.begin(), noted.end(), [](const Noted& a, const Noted& b) { return a.id < b.id; });
    ASSERT_EQ(noted, expected) << "seed " << seed;
    EXPECT_EQ(engine.refusals()[0].late, late) << "seed " << seed;
  }
}

/// A tick of that lane.
void give_tick(AggregationEngine& engine, std::uint32_t lane, std::int64_t time_ms) {
  RowBatch rows(schema_info<TickRow>());
  rows.resize(1);
  rows.rows<TickRow>()[0] = {1, {time_ms}};
  const std::uint32_t records[] = {0};
  const ArrivedRows arrived[] = {{&rows, records}};
  std::vector<std::vector<Refused>> refused;
  engine.add(lane, arrived, refused);
}

std::int64_t told_us(AggregationEngine& engine) {
  std::vector<RowBatch> results = engine.make_results();
  engine.advance(results);
  return results[0].rows<TockRow>()[0].time.us;
}

TEST(Engine, TheSlowestLaneThatCountsHoldsTimeBack) {
  std::vector<Noted> noted;
  noted_rows = &noted;
  AggregationEngine engine = make_engine(1'000);
  const std::uint32_t a = engine.lane("a"), b = engine.lane("b");
  give_tick(engine, a, 100);
  EXPECT_EQ(told_us(engine), kNoWatermark_us) << "b has given nothing yet";
  give_tick(engine, b, 50);
  EXPECT_EQ(told_us(engine), 49'000);
  engine.set_idle(b);
  EXPECT_EQ(told_us(engine), 99'000);
  give_tick(engine, b, 60);
  EXPECT_EQ(told_us(engine), 99'000) << "it never falls";
  give_tick(engine, a, 300);
  engine.end_lane(b);
  EXPECT_EQ(told_us(engine), 299'000);
}

TEST(Engine, ASavedStateGoesOnWhereItWas) {
  std::vector<Noted> noted;
  noted_rows = &noted;
  AggregationEngine engine = make_engine(1'000);
  give_tick(engine, engine.lane("a"), 100);
  give_tick(engine, engine.lane("b"), 50);
  static_cast<void>(told_us(engine));
  std::string state;
  engine.save(state);
  AggregationEngine again = make_engine(1'000);
  ASSERT_TRUE(again.load(state));
  EXPECT_EQ(again.watermark_us(), 49'000);
  give_tick(again, again.lane("b"), 70);
  EXPECT_EQ(told_us(again), 69'000);
  for (std::size_t size = 0; size < state.size(); ++size) {
    AggregationEngine damaged = make_engine(1'000);
    EXPECT_FALSE(damaged.load(std::string_view(state).substr(0, size))) << size;
  }
}

}  // namespace
}  // namespace racesim
