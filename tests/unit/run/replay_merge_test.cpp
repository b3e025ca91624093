// Goal: lanes come out as one stream by time; within a lane nothing changes places; a record that is late, or
// whose time is wrong, holds nothing up. Method: random lanes cut into random blocks, against a stable sort
// by the highest time so far; jumps of clocks as examples.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <tuple>
#include <utility>
#include <vector>

#include "run/replay/merge.h"
#include "support/record_blocks.h"

namespace racesim {
namespace {

using Times = std::vector<std::int64_t>;

/// Below 0: the record is no event.
class ListedLane final : public TimedLane {
 public:
  ListedLane(Times times, std::size_t most, std::uint64_t seed)
      : times_(std::move(times)), most_(most), random_(seed) {}

  Result<bool> next(TimedBlock& to) override {
    to.records.clear();
    to.facts.clear();
    for (auto count = 1 + random_() % most_; count > 0 && at_ < times_.size(); --count, ++at_) {
      add_record(to.records, "x");
      RecordFact fact;
      fact.time_ns = times_[at_];
      fact.entity = static_cast<std::uint32_t>(at_);
      if (times_[at_] < 0) fact.kind = RecordFact::Kind::refused;
      to.facts.push_back(fact);
    }
    return !to.facts.empty();
  }

 private:
  const Times times_;
  const std::size_t most_;
  std::mt19937_64 random_;
  std::size_t at_ = 0;
};

/// Place in time, lane, number in the lane.
using Given = std::tuple<std::int64_t, std::size_t, std::uint32_t>;

std::vector<Given> merged(const std::vector<Times>& lanes, std::int64_t most_ns, std::size_t block,
                          std::uint64_t seed, DisorderCounts* counts = nullptr) {
  std::vector<std::unique_ptr<TimedLane>> timed;
  for (const Times& times : lanes) timed.push_back(std::make_unique<ListedLane>(times, block, ++seed));
  LaneMerge merge(std::move(timed), most_ns);
  std::vector<Given> given;
  MergedRun run;
  for (;;) {
    const Result<bool> more = merge.next(run);
    EXPECT_TRUE(more);
    if (!*more) break;
    EXPECT_LT(run.first, run.last);
    for (std::size_t i = run.first; i < run.last; ++i)
      if (run.block->facts[i].kind == RecordFact::Kind::event)
        given.emplace_back(run.block->facts[i].place_ns, run.lane, run.block->facts[i].entity);
  }
  if (counts != nullptr) *counts = merge.counts();
  return given;
}

TEST(LaneMerge, IsAStableSortByTheHighestTimeSoFar) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 300; ++round) {
    std::vector<Times> lanes(1 + random() % 6);
    std::vector<Given> expected;
    std::uint64_t late = 0;
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
      std::int64_t now = static_cast<std::int64_t>(random() % 100), highest = 0;
      for (auto count = random() % 200; count > 0; --count) {
        now += static_cast<std::int64_t>(random() % 10);
        const bool is_late = random() % 10 == 0;
        const std::int64_t time = is_late ? std::max<std::int64_t>(0, now - 40) : now;
        lanes[lane].push_back(random() % 20 == 0 ? -1 : time);
        if (lanes[lane].back() < 0) continue;
        late += time < highest ? 1 : 0;
        highest = std::max(highest, time);
        expected.emplace_back(highest, lane, static_cast<std::uint32_t>(lanes[lane].size() - 1));
      }
    }
    std::stable_sort(expected.begin(), expected.end(), [](const Given& a, const Given& b) {
      return std::pair(std::get<0>(a), std::get<1>(a)) < std::pair(std::get<0>(b), std::get<1>(b));
    });
    DisorderCounts counts;
    EXPECT_EQ(merged(lanes, 0, 1 + random() % 50, random(), &counts), expected);
    EXPECT_EQ(counts.late, late);
  }
}

TEST(LaneMerge, DoesNotBelieveATimeThatTheNextRecordDenies) {
  for (const std::size_t block : {1UL, 2UL, 100UL}) {
    DisorderCounts counts;
    EXPECT_EQ(merged({{10, 20, 5000, 30, 40}}, 100, block, 1, &counts),
              (std::vector<Given>{{10, 0, 0}, {20, 0, 1}, {20, 0, 2}, {30, 0, 3}, {40, 0, 4}}));
    EXPECT_EQ(counts.jumps, 1U);
    EXPECT_EQ(merged({{1010, 1020, 0, 1030}}, 100, block, 1, &counts),
              (std::vector<Given>{{1010, 0, 0}, {1020, 0, 1}, {1020, 0, 2}, {1030, 0, 3}}));
    EXPECT_EQ(counts.jumps, 1U);
  }
}

TEST(LaneMerge, GoesOnWithAClockThatWasSetBack) {
  DisorderCounts counts;
  EXPECT_EQ(merged({{1000, 1010, 10, 20, 30}}, 100, 3, 1, &counts),
            (std::vector<Given>{{1000, 0, 0}, {1010, 0, 1}, {1010, 0, 2}, {1020, 0, 3}, {1030, 0, 4}}));
  EXPECT_EQ(counts.jumps, 1U);
  EXPECT_EQ(merged({{10, 5000, 5010}, {20, 5005}}, 100, 3, 1, &counts),
            (std::vector<Given>{{10, 0, 0}, {20, 1, 0}, {5000, 0, 1}, {5005, 1, 1}, {5010, 0, 2}}))
      << "a pause of all is one";
  EXPECT_EQ(counts.jumps, 0U);
}

}  // namespace
}  // namespace racesim
