// Goal: requests that come while a commit is under way share the next one; a lone client waits for nobody;
// nothing is handed out twice or lost. Method: a clock that the test moves, and a random run against plain
// counting.
#include "io/sources/request_queue.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "io/sources/http_body.h"
#include "support/fake_clock.h"

namespace racesim::http {
namespace {

class RequestQueueTest : public testing::Test {
 protected:
  RequestQueue::Added add(const std::string& body = "{}") {
    RecordBlock block;
    fill_block(body, *split_body(body, BodyForm::json, 1000), block);
    Reply reply([this](const Response&) { ++answered_; });
    const RequestQueue::Added added = queue_.add(block, reply);
    if (added != RequestQueue::Added::yes) reply.send({});
    return added;
  }
  /// Blocks that can be pulled at once, with what each says of the next.
  std::vector<RecordBlock> pull_all() {
    std::vector<RecordBlock> blocks;
    for (RecordBlock block; queue_.pull(block, 0) == Pulled::records;) blocks.push_back(std::move(block));
    return blocks;
  }
  void settle(const std::vector<RecordBlock>& blocks) {
    for (const RecordBlock& block : blocks) queue_.settle(block.ticket)->send({});
  }

  test::FakeClock clock_;
  int answered_ = 0;
  RequestQueue queue_{clock_, 100, 10'000};
};

TEST_F(RequestQueueTest, WhatCameTogetherIsOneGroup) {
  for (int i = 0; i < 3; ++i) add();
  const auto group = pull_all();
  ASSERT_EQ(group.size(), 3u);
  EXPECT_TRUE(group[0].more && group[1].more);
  EXPECT_FALSE(group[2].more);
  add();  // while the group is being committed
  EXPECT_TRUE(pull_all().empty());
  settle(group);
  EXPECT_EQ(answered_, 3);
}

TEST_F(RequestQueueTest, TheNextGroupWaitsForThoseThatWereJustAnswered) {
  for (int i = 0; i < 3; ++i) add();
  const auto group = pull_all();
  clock_.advance(10'000'000);  // ten milliseconds of commit: two to wait
  add();
  settle(group);
  EXPECT_TRUE(pull_all().empty());
  add();
  add();
  EXPECT_TRUE(pull_all().empty());
  add();  // all four are here
  const auto next = pull_all();
  EXPECT_EQ(next.size(), 4u);
  clock_.advance(10'000'000);
  settle(next);
  // Three of the four do not come again: no longer than a fifth of a commit for them.
  add();
  clock_.advance(1'999'999);
  EXPECT_TRUE(pull_all().empty());
  clock_.advance(1);
  EXPECT_EQ(pull_all().size(), 1u);
}

TEST_F(RequestQueueTest, ALoneClientWaitsForNobody) {
  for (int i = 0; i < 5; ++i) {
    add();
    const auto group = pull_all();
    ASSERT_EQ(group.size(), 1u);
    EXPECT_FALSE(group[0].more);
    clock_.advance(10'000'000);
    settle(group);
  }
}

TEST_F(RequestQueueTest, RecordsAndBytesAreBounded) {
  std::string many = "[0";
  for (int i = 1; i < 150; ++i) many += ",0";
  many += "]";
  EXPECT_EQ(add(many), RequestQueue::Added::yes);  // beyond the limit, but alone
  EXPECT_TRUE(queue_.is_full(1));
  EXPECT_EQ(add(), RequestQueue::Added::full);
  EXPECT_EQ(queue_.records(), 150u);
  const auto group = pull_all();
  EXPECT_EQ(queue_.records(), 0u);
  EXPECT_EQ(add("\"" + std::string(6000, 'x') + "\""), RequestQueue::Added::yes);
  EXPECT_EQ(add("\"" + std::string(6000, 'x') + "\""), RequestQueue::Added::full);
  settle(group);
}

TEST_F(RequestQueueTest, StopHandsOutTheRestAndEnds) {
  add();
  add();
  const auto first = pull_all();
  add();
  queue_.stop();
  EXPECT_EQ(add(), RequestQueue::Added::stopping);
  const auto rest = pull_all();
  EXPECT_EQ(rest.size(), 1u);
  RecordBlock block;
  EXPECT_EQ(queue_.pull(block, 0), Pulled::ended);
  settle(first);
  settle(rest);
  EXPECT_EQ(answered_, 4);
  EXPECT_FALSE(queue_.settle(1).has_value());
}

TEST_F(RequestQueueTest, RandomOrdersLoseAndDoubleNothing) {
  std::mt19937 random(7);
  std::set<std::uint64_t> open, seen;
  int added = 0;
  for (int step = 0; step < 20'000; ++step) {
    switch (random() % 4) {
      case 0:
        added += add() == RequestQueue::Added::yes ? 1 : 0;
        break;
      case 1: {
        RecordBlock block;
        if (queue_.pull(block, 0) != Pulled::records) break;
        ASSERT_TRUE(seen.insert(block.ticket).second);
        ASSERT_EQ(block.ticket, seen.size());  // in the order in which they came
        open.insert(block.ticket);
        break;
      }
      case 2:
        if (!open.empty()) {
          queue_.settle(*open.begin())->send({});
          open.erase(open.begin());
        }
        break;
      default:
        clock_.advance(random() % 1'000'000);
    }
  }
  queue_.stop();
  for (RecordBlock block; queue_.pull(block, 0) == Pulled::records;) seen.insert(block.ticket);
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(added));
}

}  // namespace
}  // namespace racesim::http
