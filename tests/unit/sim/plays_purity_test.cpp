// Goal: a slice is a pure function of the content options: a walk opened at it, another thread, another split
// of the shards, another process give the same rows. Method: slices of one whole sequential walk against the
// same slices made in every other way, for runs of all kinds.
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "support/plays_checks.h"

namespace racesim::plays_test {
namespace {

struct Kind {
  const char* name;
  bool endless;
  const char* start;
  const char* end;
  std::uint64_t volume;
  std::uint32_t least_shards;
};
void PrintTo(const Kind& kind, std::ostream* out) {
  *out << kind.name;
}

constexpr Kind kKinds[]{
    {"dense_days", false, "2024-01-01T00:00:00Z", "2024-01-03T00:00:00Z", 300'000, 4},
    {"crowded_hour", false, "2024-01-01T10:00:00Z", "2024-01-01T11:00:00Z", 150'000, 4},
    {"growing_years", false, "2011-05-01T00:00:00.007Z", "2024-05-01T00:00:00Z", 200'000, 1},
    {"one_week_quiet", false, "2024-01-01T00:00:00Z", "2024-01-08T00:00:00Z", 10'000, 4},
    {"per_minute", true, "2024-01-01T05:04:03.210Z", "2024-01-02T05:00:00Z", 200, 4},
    {"per_minute_dense", true, "2024-01-01T05:04:03.210Z", "2024-01-01T17:00:00Z", 400, 4},
};

class EachKind : public testing::TestWithParam<Kind> {
 protected:
  EachKind() {
    const Kind& kind = GetParam();
    config_ = window_config(usual_world(), at(kind.start), at(kind.end), kind.volume, 51);
    config_.plays.volume_per_minute = kind.endless;
    scenario_ = make(config_);
  }
  /// The plays of each slice.
  std::vector<std::vector<Event>> slices() const {
    std::vector<std::vector<Event>> all;
    const auto walk = scenario_->walk({0, scenario_->shard_count()}, 0);
    for (std::uint64_t slice = 0; slice < scenario_->slices().count(); ++slice)
      all.push_back(fill_slices(*walk, slice, slice + 1));
    return all;
  }
  PlaysConfig config_;
  std::unique_ptr<Scenario> scenario_;
};

TEST_P(EachKind, SlicesTileTheWindow) {
  const auto all = slices();
  std::int64_t end_ns = config_.start_ms * 1'000'000;
  for (std::uint64_t i = 0; i < all.size(); ++i) {
    const Slice slice = scenario_->slices().at(i);
    EXPECT_EQ(slice.index, i);
    EXPECT_EQ(slice.begin_ns, end_ns);
    end_ns = slice.end_ns;
    for (const Event& event : all[i])
      ASSERT_TRUE(event.head.emit_time_ns >= slice.begin_ns && event.head.emit_time_ns < slice.end_ns);
  }
  EXPECT_EQ(end_ns, *config_.end_ms * 1'000'000);
}

TEST_P(EachKind, AWalkOpenedAnywhereGivesTheSameSlices) {
  const auto all = slices();
  const std::uint64_t count = all.size();
  for (const std::uint64_t first : {std::uint64_t{1}, count / 3, count / 2, count - 1}) {
    const auto walk = scenario_->walk({0, scenario_->shard_count()}, first);
    for (std::uint64_t slice = first; slice < std::min(count, first + 3); ++slice)
      EXPECT_EQ(first_difference(fill_slices(*walk, slice, slice + 1), all[slice]), -1) << slice;
  }
}

TEST_P(EachKind, ShardsTogetherAreTheWhole) {
  const std::uint32_t shards = scenario_->shard_count();
  EXPECT_GE(shards, GetParam().least_shards);
  const auto by_identity = [](const Event& a, const Event& b) {
    return a.head.owner != b.head.owner ? a.head.owner < b.head.owner : a.head.seq < b.head.seq;
  };
  std::vector<Event> whole = play_all(*scenario_);
  std::vector<Event> together;
  std::vector<std::size_t> sizes;
  // One shard, then the others.
  for (const ShardRange range : {ShardRange{0, 1}, ShardRange{1, shards}}) {
    const auto walk = scenario_->walk(range, 0);
    const auto part = fill_slices(*walk, 0, scenario_->slices().count());
    EXPECT_TRUE(std::is_sorted(part.begin(), part.end(), [](const Event& a, const Event& b) {
      return a.head.emit_time_ns < b.head.emit_time_ns;
    }));
    together.insert(together.end(), part.begin(), part.end());
    sizes.push_back(part.size());
  }
  std::sort(whole.begin(), whole.end(), by_identity);
  std::sort(together.begin(), together.end(), by_identity);
  EXPECT_EQ(first_difference(together, whole), -1);
  if (shards > 1) {
    const double share = static_cast<double>(sizes[0]) / static_cast<double>(whole.size());
    EXPECT_NEAR(share * shards, 1, 0.05);  // a fair part of the work
  }
}

TEST_P(EachKind, ThreadsThatTakeTurnsGiveTheSameSlices) {
  const auto all = slices();
  const auto walk = scenario_->walk({0, scenario_->shard_count()}, 0);
  std::vector<std::vector<Event>> made(all.size());
  std::vector<std::thread> threads;
  constexpr std::uint64_t kThreads = 3;
  for (std::uint64_t first = 0; first < kThreads; ++first)
    threads.emplace_back([&, first] {
      for (std::uint64_t slice = first; slice < made.size(); slice += kThreads)
        made[slice] = fill_slices(*walk, slice, slice + 1);
    });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t slice = 0; slice < all.size(); ++slice)
    EXPECT_EQ(first_difference(made[slice], all[slice]), -1) << slice;
}

INSTANTIATE_TEST_SUITE_P(PlaysPurity, EachKind, testing::ValuesIn(kKinds),
                         [](const auto& test) { return std::string(test.param.name); });

std::vector<Event> week_of(std::uint64_t seed, std::uint32_t run) {
  auto config =
      window_config(usual_world(), at("2024-01-01T00:00:00Z"), at("2024-01-08T00:00:00Z"), 5'000, seed);
  config.run = run;
  return play_all(*make(config));
}

TEST(PlaysPurity, TheSameOptionsGiveTheSameRows) {
  EXPECT_EQ(first_difference(week_of(52, 1), week_of(52, 1)), -1);
}

TEST(PlaysPurity, TheRunChangesNothingButTheEventId) {
  auto one = week_of(52, 1);
  auto other = week_of(52, 2);
  ASSERT_EQ(one.size(), other.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_NE(one[i].row.event_id, other[i].row.event_id);
    one[i].row.event_id = other[i].row.event_id;
  }
  EXPECT_EQ(first_difference(one, other), -1);
}

TEST(PlaysPurity, AnotherSeedGivesOtherPlays) {
  const auto one = week_of(52, 1);
  const auto other = week_of(53, 1);
  std::size_t same_moments = 0;
  for (std::size_t i = 0; i < one.size(); ++i)
    same_moments += one[i].row.played_at == other[i].row.played_at ? 1 : 0;
  EXPECT_LT(same_moments, 5U);
}

}  // namespace
}  // namespace racesim::plays_test
