// Goal: rows of an owner are taken in the order of event time and each once, whatever order they came in
// within the watermark, however lanes interleave, and across restarts; what comes too late or twice is
// refused, and holes are counted. Method: random rows with losses, copies and delays against a plain
// reference that has all rows of a lane before it: throw away what is late, keep one of each, sort.
#include "agg/ordered/in_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace racesim {
namespace {

constexpr std::int64_t kStep_us = 10'000, kDelay_us = 300'000;

struct OrderRow {
  std::uint32_t owner;
  RowArrival at;
};
/// (owner's) item and what was missing before it.
using TakenRow = std::pair<std::uint64_t, std::uint64_t>;

struct OrderPlan {
  std::vector<std::vector<OrderRow>> lanes;  ///< as they arrive
  std::int64_t lateness_us = 0;
};

/// Some owners begin with seq 0, some later; one has no seq. Delays may be longer than the watermark's.
OrderPlan random_order(std::mt19937& random) {
  OrderPlan plan;
  plan.lanes.resize(1 + random() % 3);
  plan.lateness_us = random() % 2 == 0 ? 0 : 100'000;
  std::vector<std::vector<std::pair<std::int64_t, OrderRow>>> due(plan.lanes.size());
  for (std::uint32_t owner = 0; owner < 5; ++owner) {
    const auto lane = static_cast<std::uint32_t>(random() % plan.lanes.size());
    const std::uint64_t first = random() % 2 == 0 ? 0 : random() % 50;
    const auto delay_most_us = static_cast<std::int64_t>(random() % 3 == 0 ? 500'000 : 200'000);
    const std::int64_t offset_us = static_cast<std::int64_t>(random() % 40) * kStep_us + owner;
    for (std::uint64_t i = 0; i < 200; ++i) {
      OrderRow row{owner, {}};
      row.at.seq = first + i;
      row.at.time_us = offset_us + static_cast<std::int64_t>(row.at.seq) * kStep_us;
      row.at.lane = lane;
      row.at.has_seq = owner != 4;
      if (random() % 20 == 0) continue;
      const std::size_t copies = random() % 15 == 0 ? 2 : 1;
      for (std::size_t copy = 0; copy < copies; ++copy) {
        const std::int64_t delay_us =
            random() % 3 == 0 ? static_cast<std::int64_t>(random()) % delay_most_us : 0;
        due[lane].emplace_back(row.at.time_us + delay_us, row);
      }
    }
  }
  for (std::size_t lane = 0; lane < due.size(); ++lane) {
    std::stable_sort(due[lane].begin(), due[lane].end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::int64_t newest_us = kNoWatermark_us;
    for (auto& [at_us, row] : due[lane]) {
      row.at.watermark_us = newest_us == kNoWatermark_us ? newest_us : newest_us - kDelay_us;
      newest_us = std::max(newest_us, row.at.time_us);
      plan.lanes[lane].push_back(row);
    }
  }
  return plan;
}

struct OrderOutcome {
  std::map<std::uint32_t, std::vector<TakenRow>> taken;  ///< by owner
  std::vector<std::vector<int>> refused;                 ///< by lane and row; -1: none
};

OrderOutcome order_reference(const OrderPlan& plan) {
  OrderOutcome outcome;
  std::map<std::uint32_t, std::map<std::int64_t, std::uint64_t>> kept;  // by owner and time: seq
  for (const auto& lane : plan.lanes) {
    outcome.refused.emplace_back();
    for (const OrderRow& row : lane) {
      int why = -1;
      if (row.at.watermark_us != kNoWatermark_us && row.at.time_us + plan.lateness_us < row.at.watermark_us)
        why = static_cast<int>(Refusal::late);
      else if (!kept[row.owner].emplace(row.at.time_us, row.at.seq).second)
        why = static_cast<int>(Refusal::duplicate);
      outcome.refused.back().push_back(why);
    }
  }
  for (const auto& [owner, rows] : kept) {
    std::vector<TakenRow>& taken = outcome.taken[owner];
    for (const auto& [time_us, seq] : rows)
      taken.emplace_back(seq, taken.empty() || owner == 4 ? 0 : seq - taken.back().first - 1);
  }
  return outcome;
}

/// Lanes by chance, the watermark of all now and then, a restart now and then.
OrderOutcome order_run(const OrderPlan& plan, std::mt19937& random) {
  OrderOutcome outcome;
  auto order = std::make_unique<InOrder<std::uint64_t>>(plan.lateness_us);
  const auto take = [&](std::uint32_t owner, std::uint64_t seq, std::uint64_t missing) {
    outcome.taken[owner].emplace_back(seq, missing);
  };
  std::vector<std::size_t> next(plan.lanes.size(), 0);
  std::vector<std::int64_t> watermarks_us(plan.lanes.size(), kNoWatermark_us);
  std::size_t left = 0;
  for (const auto& lane : plan.lanes) {
    outcome.refused.emplace_back(lane.size(), -1);
    left += lane.size();
  }
  while (left > 0) {
    const std::size_t lane = random() % plan.lanes.size();
    for (std::size_t rows = random() % 20; rows > 0 && next[lane] < plan.lanes[lane].size(); --rows, --left) {
      const OrderRow& row = plan.lanes[lane][next[lane]];
      const auto why = order->add(row.owner, row.at, row.at.seq, take);
      if (why) outcome.refused[lane][next[lane]] = static_cast<int>(*why);
      watermarks_us[lane] = row.at.watermark_us;
      ++next[lane];
    }
    if (random() % 4 == 0)
      order->advance(*std::min_element(watermarks_us.begin(), watermarks_us.end()), take);
    if (random() % 8 == 0) {
      std::string state;
      StateWriter out(state);
      order->save(out);
      order = std::make_unique<InOrder<std::uint64_t>>(plan.lateness_us);
      StateReader in(state);
      order->load(in);
      EXPECT_TRUE(in.done());
    }
  }
  order->finish(take);
  return outcome;
}

TEST(InOrder, RandomArrivalsAreTakenAsTheReferenceSorts) {
  std::size_t late = 0, duplicates = 0, holes = 0;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    std::mt19937 random(seed);
    const OrderPlan plan = random_order(random);
    const OrderOutcome expected = order_reference(plan);
    const OrderOutcome found = order_run(plan, random);
    EXPECT_EQ(found.refused, expected.refused) << "seed " << seed;
    ASSERT_EQ(found.taken, expected.taken) << "seed " << seed;
    for (const auto& lane : expected.refused)
      for (const int why : lane) {
        late += why == static_cast<int>(Refusal::late) ? 1 : 0;
        duplicates += why == static_cast<int>(Refusal::duplicate) ? 1 : 0;
      }
    for (const auto& [owner, rows] : expected.taken)
      for (const TakenRow& row : rows) holes += row.second > 0 ? 1 : 0;
  }
  EXPECT_GT(late, 500U);
  EXPECT_GT(duplicates, 500U);
  EXPECT_GT(holes, 500U);
}

TEST(InOrder, WhatIsInTurnIsTakenAtOnce) {
  InOrder<std::uint64_t> order(0);
  std::vector<TakenRow> taken;
  const auto take = [&](std::uint32_t, std::uint64_t seq, std::uint64_t missing) {
    taken.emplace_back(seq, missing);
  };
  const auto arrive = [&](std::uint64_t seq, std::int64_t watermark_us) {
    return order.add(0, {static_cast<std::int64_t>(seq) * kStep_us, watermark_us, seq, 0, true}, seq, take);
  };
  for (const std::uint64_t seq : {0, 1, 3, 4, 2}) EXPECT_FALSE(arrive(seq, kNoWatermark_us));
  EXPECT_EQ(taken, (std::vector<TakenRow>{{0, 0}, {1, 0}, {2, 0}, {3, 0}, {4, 0}}));
  EXPECT_EQ(arrive(3, 0), Refusal::duplicate);
  EXPECT_FALSE(arrive(7, 0));
  EXPECT_EQ(taken.size(), 5U) << "5 and 6 may come still";
  EXPECT_FALSE(arrive(8, 7 * kStep_us));
  EXPECT_EQ(taken.size(), 5U) << "the watermark does not lie behind it yet";
  EXPECT_FALSE(arrive(10, 7 * kStep_us + 1));
  EXPECT_EQ(taken.back(), (TakenRow{8, 0}));
  EXPECT_EQ(taken[5], (TakenRow{7, 2}));
  EXPECT_EQ(arrive(6, 7 * kStep_us + 1), Refusal::late);
}

TEST(InOrder, WhatAnIdleLaneGivesUpIsNotCalledADuplicate) {
  InOrder<std::uint64_t> order(0);
  std::size_t taken = 0;
  const auto take = [&](std::uint32_t, std::uint64_t, std::uint64_t) { ++taken; };
  const auto arrive = [&](std::uint64_t seq) {
    return order.add(0, {static_cast<std::int64_t>(seq) * kStep_us, kNoWatermark_us, seq, 0, true}, seq,
                     take);
  };
  EXPECT_FALSE(arrive(0));
  EXPECT_FALSE(arrive(3));
  order.advance(4 * kStep_us, take);
  EXPECT_EQ(taken, 2U);
  EXPECT_EQ(arrive(2), Refusal::late_idle);
  EXPECT_EQ(arrive(3), Refusal::duplicate);
}

TEST(InOrder, ACounterThatIsSetBackBeginsAnew) {
  InOrder<std::uint64_t> order(0);
  std::vector<TakenRow> taken;
  const auto take = [&](std::uint32_t, std::uint64_t seq, std::uint64_t missing) {
    taken.emplace_back(seq, missing);
  };
  for (std::int64_t i = 0; i < 6; ++i) {
    const auto seq = static_cast<std::uint64_t>(i % 3);
    EXPECT_FALSE(order.add(0, {i * kStep_us, kNoWatermark_us, seq, 0, true}, seq, take));
  }
  EXPECT_EQ(taken, (std::vector<TakenRow>{{0, 0}, {1, 0}, {2, 0}, {0, 0}, {1, 0}, {2, 0}}));
}

}  // namespace
}  // namespace racesim
