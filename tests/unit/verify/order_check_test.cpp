// Goal: the check of order says of every arrival what the definition says, with a few numbers per entity.
// Method: cases by hand, and random arrivals whose two orders differ, against a comparison of all with all.
#include "verify/matching/order_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/random.h"
#include "verify/matching/copies.h"
#include "verify/matching/order_history.h"

namespace racesim {
namespace {

TEST(OrderCheck, AnEventIsOvertakenByALaterOneOfItsEntityOnly) {
  OrderCheck order(2);
  EXPECT_FALSE(order.is_overtaken(0, 7, {0, 0})) << "nothing came yet";
  order.came(0, 7, {10, 10});
  EXPECT_TRUE(order.is_overtaken(0, 7, {9, 9}));
  EXPECT_FALSE(order.is_overtaken(0, 7, {11, 11}));
  EXPECT_FALSE(order.is_overtaken(0, 6, {9, 9})) << "another entity";
  EXPECT_FALSE(order.is_overtaken(1, 7, {9, 9})) << "another stream";
  order.came(0, 7, {4, 4});
  EXPECT_TRUE(order.is_overtaken(0, 7, {9, 9})) << "the furthest counts, not the last";
}

TEST(OrderCheck, TheVeryFirstEventIsNoMarkForNothing) {
  OrderCheck order(1);
  order.came(0, 0, {1, 1});
  EXPECT_TRUE(order.is_overtaken(0, 0, {0, 0}));
  OrderCheck other(1);
  other.came(0, 0, {0, 0});
  EXPECT_FALSE(other.is_overtaken(0, 0, {1, 1}));
}

TEST(OrderCheck, EitherOrderIsRight) {
  OrderCheck order(1);
  order.came(0, 0, {7, 3});
  EXPECT_FALSE(order.is_overtaken(0, 0, {5, 8})) << "made before it, sent behind it";
  order.came(0, 0, {2, 9});
  // One came that is later as made, and another that is later as sent, but none that is both.
  EXPECT_FALSE(order.is_overtaken(0, 0, {5, 8}));
  EXPECT_TRUE(order.is_overtaken(0, 0, {6, 2}));
  EXPECT_TRUE(order.is_overtaken(0, 0, {1, 8}));
  order.came(0, 0, {8, 10});
  EXPECT_TRUE(order.is_overtaken(0, 0, {5, 8}));
}

TEST(OrderCheck, AgreesWithTheComparisonOfAllWithAll) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const StreamKey key = stream_key(seed, "verify.order-check", 0);
    std::uint64_t at = 0;
    const auto dice = [&](std::uint64_t n) { return below(draw(key, at++), n); };
    const std::uint64_t spread = 1 + dice(12);
    struct Came {
      std::uint32_t entity;
      OrderPlace place;
    };
    std::vector<Came> came;
    OrderCheck order(1);
    for (std::uint64_t i = 0; i < 60; ++i) {
      const Came now{static_cast<std::uint32_t>(dice(3)), {i + dice(spread), i + dice(spread)}};
      const bool expected = std::any_of(came.begin(), came.end(), [&](const Came& before) {
        return before.entity == now.entity && before.place.made > now.place.made &&
               before.place.sent > now.place.sent;
      });
      ASSERT_EQ(order.is_overtaken(0, now.entity, now.place), expected) << "seed " << seed << ", " << i;
      order.came(0, now.entity, now.place);
      came.push_back(now);
    }
  }
}

TEST(MissingCopies, TellTheFirstArrival) {
  MissingCopies copies;
  EXPECT_EQ(copies.first_sent(1, false, 5), 5u) << "nothing of it is missing";
  EXPECT_EQ(copies.first_sent(1, true, 9), std::nullopt) << "its event came";
  copies.event_is_missing(2, 6);
  EXPECT_EQ(copies.first_sent(2, true, 9), 6u);
  EXPECT_EQ(copies.first_sent(2, false, 6), std::nullopt) << "the copy came before it";
  copies.event_is_missing(0, 3);
  copies.copy_is_missing(0, 8);
  EXPECT_EQ(copies.copy_sent(0), 8u);
  EXPECT_EQ(copies.first_sent(0, false, 3), 3u);
  EXPECT_EQ(copies.first_sent(0, true, 8), std::nullopt);
  EXPECT_EQ(copies.copy_sent(0), std::nullopt);
}

TEST(OrderHistory, GivesWhomAnEarlyOneOvertookOnce) {
  OrderHistory history;
  const auto arrival = [](std::uint64_t place, std::uint64_t line) {
    OrderHistory::Arrival one;
    one.place = {place, place};
    one.head.seq = place;
    one.line = line;
    return one;
  };
  for (const std::uint64_t place : {4u, 5u, 6u}) history.add(arrival(place, 10 + place));
  EXPECT_EQ(history.take_overtaken(arrival(9, 14)).size(), 2u) << "the one on line 14 came before";
  EXPECT_EQ(history.take_overtaken(arrival(8, 1)).size(), 1u);
  EXPECT_EQ(history.take_overtaken(arrival(9, 1)).size(), 0u);
}

}  // namespace
}  // namespace racesim
