// Goal: what is settled in any order is known up to its first gap, and reading can begin where it is told.
// Method: random orders of ranges against a plain set.
#include "run/resume/progress_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "base/random.h"

namespace racesim {
namespace {

TEST(SettledEvents, InOrderNeedsNoMemory) {
  SettledEvents settled;
  EXPECT_EQ(settled.below(), 0u);
  for (std::uint64_t first = 0; first < 10'000; first += 37) settled.settle(first, first + 37);
  EXPECT_EQ(settled.below(), 10'027u);
}

TEST(SettledEvents, KnowsTheFirstGapInAnyOrder) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const StreamKey key = stream_key(seed, "settled", 0);
    const std::uint64_t start = seed % 3 == 0 ? 0 : below(draw(key, 0), 1000);
    struct Range {
      std::uint64_t first, last;
    };
    std::vector<Range> ranges;
    for (std::uint64_t at = start; at < start + 3000;) {
      const std::uint64_t next = at + 1 + below(draw(key, at + 1), seed % 2 == 0 ? 3 : 200);
      ranges.push_back({at, next});
      at = next;
    }
    for (std::size_t i = ranges.size(); i > 1; --i)
      std::swap(ranges[i - 1], ranges[below(draw(key, 1'000'000 + i), i)]);
    SettledEvents settled(start);
    std::set<std::uint64_t> known;
    std::uint64_t below = start;
    for (const Range& range : ranges) {
      settled.settle(range.first, range.last);
      for (std::uint64_t k = range.first; k < range.last; ++k) known.insert(k);
      while (known.count(below) > 0) ++below;
      ASSERT_EQ(settled.below(), below) << "seed " << seed;
    }
  }
}

TEST(SettledEvents, RemembersDeadLettersBehindTheFirstGap) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const StreamKey key = stream_key(seed, "letters", 0);
    SettledEvents settled;
    std::set<std::uint64_t> known, letters;
    for (std::uint64_t round = 0; round < 300; ++round) {
      const std::uint64_t first = below(draw(key, 3 * round), 400),
                          last = first + below(draw(key, 3 * round + 1), 4);
      const bool is_letter = below(draw(key, 3 * round + 2), 3) == 0;
      if (std::any_of(known.lower_bound(first), known.end(), [&](std::uint64_t k) { return k < last; }))
        continue;
      is_letter ? settled.settle_dead_letters(first, last) : settled.settle(first, last);
      for (std::uint64_t k = first; k < last; ++k) {
        known.insert(k);
        if (is_letter) letters.insert(k);
      }
      if (round % 7 != 0) continue;
      const SettledEvents::Progress progress = settled.progress();
      EXPECT_EQ(progress.below, settled.below());
      std::set<std::uint64_t> told;
      for (std::size_t i = 0; i < progress.dead_lettered.size(); ++i) {
        const OrdinalRange range = progress.dead_lettered[i];
        if (i > 0) {
          EXPECT_LT(progress.dead_lettered[i - 1].last, range.first);
        }
        for (std::uint64_t k = range.first; k < range.last; ++k) told.insert(k);
      }
      EXPECT_EQ(told, std::set<std::uint64_t>(letters.lower_bound(progress.below), letters.end()))
          << "seed " << seed;
    }
  }
}

TEST(SettledEvents, SettlingTwiceChangesNothing) {
  SettledEvents settled;
  settled.settle(10, 20);
  settled.settle(0, 5);
  settled.settle(0, 5);
  settled.settle(3, 3);
  EXPECT_EQ(settled.below(), 5u);
  settled.settle(2, 12);
  EXPECT_EQ(settled.below(), 20u);
  settled.settle(0, 20);
  EXPECT_EQ(settled.below(), 20u);
}

TEST(PlaceLog, GivesTheLastPlaceThatIsNotBehind) {
  PlaceLog log;
  for (std::uint64_t slice = 1; slice < 10; ++slice) log.note({slice, slice * 100});
  EXPECT_EQ(log.before(0).slice, 0u);
  EXPECT_EQ(log.before(99).slice, 0u);
  EXPECT_EQ(log.before(100).slice, 1u);
  EXPECT_EQ(log.before(555).slice, 5u);
  EXPECT_EQ(log.before(100'000).slice, 9u);
}

}  // namespace
}  // namespace racesim
