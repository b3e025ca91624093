// Goal: which events are open is known at every moment. Method: the calls of the matcher, by hand.
#include "verify/matching/open_events.h"

#include <gtest/gtest.h>

#include <vector>

namespace racesim {
namespace {

MissingEvent missing_at(std::uint64_t position) {
  MissingEvent missing;
  missing.position = position;
  return missing;
}

TEST(OpenEvents, PassesWhatCameInItsTurn) {
  OpenEvents open;
  EXPECT_TRUE(open.is_open(0));
  EXPECT_FALSE(open.is_anything_pending());
  open.pass(3);
  EXPECT_EQ(open.cursor(), 3u);
  EXPECT_FALSE(open.is_open(2));
  EXPECT_TRUE(open.is_open(3));
}

TEST(OpenEvents, StepsOverWhatCameAhead) {
  OpenEvents open;
  open.take_ahead(1);
  open.take_ahead(2);
  EXPECT_EQ(open.first_ahead(), 1u);
  EXPECT_TRUE(open.is_anything_pending());
  EXPECT_FALSE(open.is_open(1));
  EXPECT_FALSE(open.pass_taken()) << "the event at the cursor has not come";
  open.pass(1);
  EXPECT_TRUE(open.pass_taken());
  EXPECT_TRUE(open.pass_taken());
  EXPECT_FALSE(open.pass_taken());
  EXPECT_EQ(open.cursor(), 3u);
  EXPECT_FALSE(open.is_anything_pending());
}

TEST(OpenEvents, RemembersWhatIsMissingUntilItComes) {
  OpenEvents open;
  open.leave(missing_at(0), true);
  open.leave(missing_at(1), false);
  open.leave(missing_at(2), true);
  EXPECT_EQ(open.cursor(), 3u);
  EXPECT_TRUE(open.is_open(0)) << "it is the very first";
  EXPECT_FALSE(open.is_open(1));
  open.came_late(0);
  EXPECT_FALSE(open.is_open(0));
  EXPECT_TRUE(open.is_anything_pending());
  std::vector<std::uint64_t> settled;
  open.settle_all([&](const MissingEvent& missing) { settled.push_back(missing.position); });
  EXPECT_EQ(settled, std::vector<std::uint64_t>{2});
  EXPECT_FALSE(open.is_anything_pending());
}

TEST(OpenEvents, GivesUpTheOldestOfTooMany) {
  OpenEvents open;
  for (std::uint64_t position = 0; position < 5; ++position) open.leave(missing_at(position), true);
  open.came_late(0);
  open.came_late(3);
  EXPECT_EQ(open.take_oldest_beyond(3)->position, 1u) << "those that came do not count as given up";
  EXPECT_FALSE(open.take_oldest_beyond(3));
  EXPECT_EQ(open.take_oldest_beyond(0)->position, 2u);
  EXPECT_EQ(open.take_oldest_beyond(0)->position, 4u);
  EXPECT_FALSE(open.take_oldest_beyond(0));
  EXPECT_FALSE(open.is_anything_pending());
}

}  // namespace
}  // namespace racesim
