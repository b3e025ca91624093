// Goal: where a partition's reading begins is right for every combination of what the store, the group and
// the topic say; and what is not the topic that was read is refused. Method: tables of cases, and random
// facts that are judged by a plain list of rules.
#include "io/kafka/reading/lane_start.h"

#include <gtest/gtest.h>

#include <random>

namespace racesim::kafka {
namespace {

LaneFacts known_at(std::int64_t next, std::int64_t low, std::int64_t end) {
  LaneFacts facts;
  facts.name = "f1-telemetry [2]";
  facts.known.emplace();
  facts.known->next = next;
  facts.known->last_hash = 77;
  facts.known->last_time_ms = 1'000;
  facts.before = RecordSeen{77, 1'000};
  facts.low = low;
  facts.end = end;
  return facts;
}

TEST(KafkaLaneStart, GoesOnWhereTheStoreStands) {
  for (const std::int64_t next : {11, 50, 100}) {
    const auto start = choose_start(known_at(next, 10, 100), {});
    ASSERT_TRUE(start) << start.error().what;
    EXPECT_EQ(start->next, next);
    EXPECT_EQ(start->gap, 0u);
    EXPECT_FALSE(start->is_new);
  }
}

// What the group says counts for nothing where the store knows.
TEST(KafkaLaneStart, TheStoreDecidesAndNotTheGroup) {
  LaneFacts facts = known_at(50, 0, 100);
  for (const std::int64_t group : {0, 49, 51, 100}) {
    facts.group_offset = group;
    EXPECT_EQ(choose_start(facts, {})->next, 50);
  }
}

TEST(KafkaLaneStart, AnotherRecordBeforeItIsAnotherTopic) {
  for (const RecordSeen mark : {RecordSeen{78, 1'000}, RecordSeen{77, 1'001}}) {
    LaneFacts facts = known_at(50, 0, 100);
    facts.before = mark;
    const auto start = choose_start(facts, {});
    ASSERT_FALSE(start);
    EXPECT_EQ(start.error().kind, ErrorKind::usage);
    EXPECT_NE(start.error().what.find("f1-telemetry [2]: the record at offset 49"), std::string::npos);
    facts.compacted = true;  // one may be gone, but no other one comes in its place
    EXPECT_FALSE(choose_start(facts, {}));
  }
}

TEST(KafkaLaneStart, ARecordThatIsGoneIsAnotherTopicUnlessItIsCompacted) {
  LaneFacts facts = known_at(50, 0, 100);
  facts.before.reset();
  ASSERT_FALSE(choose_start(facts, {}));
  facts.compacted = true;
  EXPECT_EQ(choose_start(facts, {})->next, 50);
}

TEST(KafkaLaneStart, AnEndBeforeThePositionIsAnotherTopic) {
  const auto start = choose_start(known_at(50, 0, 49), {});
  ASSERT_FALSE(start);
  EXPECT_EQ(start.error().kind, ErrorKind::usage);
  EXPECT_FALSE(start.error().hint.empty());
  EXPECT_FALSE(choose_start(known_at(50, 0, 49), {.group = {}, .allow_gap = true}));
}

// Gone before they were read: at 50 the first that is there, at 51 one is missing.
TEST(KafkaLaneStart, RetentionLeavesAGap) {
  LaneFacts facts = known_at(50, 50, 100);
  facts.before.reset();  // it is retained away too, so nobody can compare it
  EXPECT_EQ(choose_start(facts, {})->next, 50);
  for (const std::int64_t low : {51, 70, 100}) {
    facts.low = low;
    const auto refused = choose_start(facts, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::partial);
    EXPECT_NE(refused.error().hint.find("--allow-gap"), std::string::npos);
    const auto start = choose_start(facts, {.group = {}, .allow_gap = true});
    ASSERT_TRUE(start);
    EXPECT_EQ(start->next, low);
    EXPECT_EQ(start->gap, static_cast<std::uint64_t>(low - 50));
  }
}

TEST(KafkaLaneStart, AGroupThatReadIntoAnotherStoreIsRefused) {
  LaneFacts facts;
  facts.low = 10;
  facts.end = 100;
  facts.first = 10;
  EXPECT_EQ(choose_start(facts, {})->next, 10);
  EXPECT_TRUE(choose_start(facts, {})->is_new);
  facts.group_offset = 60;
  const auto refused = choose_start(facts, {.group = "pit-wall"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  EXPECT_NE(refused.error().what.find("pit-wall"), std::string::npos);
  EXPECT_EQ(choose_start(facts, {.group = {}, .start_is_given = true})->next, 10);
  // A store without positions goes on where the group stands.
  const auto start = choose_start(facts, {.group = {}, .store_keeps_positions = false});
  EXPECT_EQ(start->next, 60);
  EXPECT_FALSE(start->is_new);
}

TEST(KafkaLaneStart, AFirstReadingStaysWithinTheTopic) {
  LaneFacts facts;
  facts.low = 10;
  facts.end = 100;
  for (const auto& [first, expected] : {std::pair{0, 10}, {10, 10}, {55, 55}, {100, 100}, {900, 100}}) {
    facts.first = first;
    EXPECT_EQ(choose_start(facts, {})->next, expected);
  }
}

// No random facts make it begin outside the topic, step over records untold, or read one twice.
TEST(KafkaLaneStart, NeverStepsOverARecordUntold) {
  std::mt19937_64 chance(13);
  const auto below = [&](std::int64_t n) { return static_cast<std::int64_t>(chance() % n); };
  int begun = 0;
  for (int i = 0; i < 20'000; ++i) {
    LaneFacts facts = known_at(below(20), below(20), 0);
    facts.end = facts.low + below(20);
    facts.first = below(40);
    if (below(3) == 0) facts.known.reset();
    if (below(3) == 0) facts.group_offset = below(40);
    if (below(4) == 0) facts.before.reset();
    LaneRules rules;
    rules.allow_gap = below(2) == 0;
    rules.start_is_given = below(2) == 0;
    const auto start = choose_start(facts, rules);
    if (!start) continue;
    ++begun;
    ASSERT_GE(start->next, facts.low);
    ASSERT_LE(start->next, facts.end);
    if (facts.known) {
      ASSERT_EQ(start->next, facts.known->next + static_cast<std::int64_t>(start->gap));
      ASSERT_TRUE(start->gap == 0 || rules.allow_gap);
    }
    ASSERT_EQ(start->is_new, !facts.known);
  }
  EXPECT_GT(begun, 5'000);
}

}  // namespace
}  // namespace racesim::kafka
