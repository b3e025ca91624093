// Goal: recovery tells right which events of a dead producer are in the topic, also with equal payloads, gaps
// and foreign records, and which are lost and which go again. Method: hand-made tails; and a mock cluster's
// topic that holds some of the events.
#include "io/kafka/producing/recovery_lookup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kafka_support.h"

namespace racesim::kafka {
namespace {

using testing::ElementsAre;

std::vector<LineHash> hashes(std::string_view letters) {
  std::vector<LineHash> made;
  for (const char& c : letters) made.push_back(hash_line({&c, 1}));
  return made;
}
/// Records of these letters from offset 10 on.
std::vector<TailRecord> tail(std::string_view letters) {
  std::vector<TailRecord> records;
  for (const LineHash& hash : hashes(letters))
    records.push_back({static_cast<std::int64_t>(10 + records.size()), hash});
  return records;
}

TEST(KafkaRecoveryLookup, FindsAPrefix) {
  EXPECT_THAT(match_tail(hashes("abcd"), tail("ab")), ElementsAre(10, 11, -1, -1));
  EXPECT_THAT(match_tail(hashes("abcd"), tail("")), ElementsAre(-1, -1, -1, -1));
  EXPECT_THAT(match_tail(hashes("abcd"), tail("abcd")), ElementsAre(10, 11, 12, 13));
  EXPECT_THAT(match_tail(hashes(""), tail("abcd")), ElementsAre());
}

TEST(KafkaRecoveryLookup, SkipsForeignRecordsAndGaps) {
  EXPECT_THAT(match_tail(hashes("abcd"), tail("xayyc")), ElementsAre(11, -1, 14, -1));
}

TEST(KafkaRecoveryLookup, TellsCopiesApartByOrder) {
  EXPECT_THAT(match_tail(hashes("aabba"), tail("aab")), ElementsAre(10, 11, 12, -1, -1));
  EXPECT_THAT(match_tail(hashes("aba"), tail("ab")), ElementsAre(10, 11, -1));
  EXPECT_THAT(match_tail(hashes("aba"), tail("ba")), ElementsAre(-1, 10, 11));
}

/// What of `batch` the dead producer had sent: all of it, some of which did arrive.
std::vector<Airborne> airborne(Flight& flight, Persisted persisted) {
  std::vector<Airborne> open;
  for (std::uint32_t i = 0; i < flight.batch->size(); ++i) open.push_back({&flight, i, 0, 0, -1, persisted});
  return open;
}
std::vector<std::uint32_t> indices(const std::vector<Airborne>& events) {
  std::vector<std::uint32_t> made;
  for (const Airborne& e : events) made.push_back(e.index);
  return made;
}

class KafkaRecoveryLookupTopic : public testing::Test {
 protected:
  void SetUp() override {
    if (test::kCannotRunKafka) GTEST_SKIP() << test::kWhyNoKafka;
    cluster_.emplace(1);
  }
  void write(const SharedBatch& batch, std::size_t first, std::size_t last) {
    auto sink = open_kafka_sink(cluster_->options(), {test::kTopic}, {}, system_clock(), nullptr, dead_);
    ASSERT_TRUE(sink) << sink.error().what;
    ASSERT_TRUE((*sink)->submit(batch, first, last));
    ASSERT_TRUE((*sink)->close());
  }
  LookedUp look(std::vector<Airborne> open) {
    const auto found = look_up(
        cluster_->options(), {test::kTopic}, std::move(open),
        [](std::uint32_t, std::int32_t) { return std::int64_t{0}; }, [](std::int64_t) { return true; });
    EXPECT_TRUE(found) << found.error().what;
    return found.value_or(LookedUp{});
  }

  std::optional<test::MockCluster> cluster_;
  test::ScratchDir dir_;
  DeadLetter dead_{dir_ / "dead"};
  Flight flight_{test::make_cars(6, 2)};
};

TEST_F(KafkaRecoveryLookupTopic, TellsFoundLostAndAgain) {
  write(flight_.batch, 0, 2);
  write(test::make_cars(3, 2, 100), 0, 3);  // somebody else's
  write(flight_.batch, 3, 4);
  const LookedUp fates = look(airborne(flight_, Persisted::possibly));
  EXPECT_THAT(indices(fates.found), ElementsAre(0, 1, 3));
  EXPECT_THAT(indices(fates.lost), ElementsAre(2));
  EXPECT_THAT(indices(fates.again), ElementsAre(4, 5));
  EXPECT_EQ(fates.found.back().offset, 5);
}

TEST_F(KafkaRecoveryLookupTopic, WhatCannotHaveArrivedIsNotLookedFor) {
  write(flight_.batch, 0, 6);
  const LookedUp fates = look(airborne(flight_, Persisted::no));
  EXPECT_THAT(indices(fates.again), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_TRUE(fates.found.empty());
}

}  // namespace
}  // namespace racesim::kafka
