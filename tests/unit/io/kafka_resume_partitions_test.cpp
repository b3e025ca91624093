// Goal: a process that goes on with a dead one's run learns of each partition what is behind the last known
// place, and where it may go on. Method: a mock cluster; one sink writes and ends, a second one reads back.
#include "io/kafka/reading/resume_partitions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kafka_support.h"

namespace racesim {
namespace {

using namespace test;
using testing::HasSubstr;

class KafkaResumePartitionsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (kCannotRunKafka) GTEST_SKIP() << kWhyNoKafka;
    cluster_.emplace(3);
  }
  std::unique_ptr<Sink> open() {
    auto sink = open_kafka_sink(cluster_->options(), {kTopic}, {}, system_clock(), nullptr, dead_);
    EXPECT_TRUE(sink) << sink.error().what;
    return sink ? std::move(*sink) : nullptr;
  }
  void write(const SharedBatch& batch) {
    const auto sink = open();
    ASSERT_NE(sink, nullptr);
    ASSERT_TRUE(sink->submit(batch, 0, batch->size()));
    ASSERT_TRUE(sink->close());
    positions_ = sink->resumable()->positions();
  }

  std::optional<MockCluster> cluster_;
  ScratchDir dir_;
  DeadLetter dead_{dir_ / "dead.ndjson"};
  std::vector<StreamPosition> positions_;  ///< of what write() wrote last
};

TEST_F(KafkaResumePartitionsTest, ReadsBackBehindTheKnownPlaces) {
  const SharedBatch first = make_cars(300, 20), second = make_cars(200, 20, 300);
  write(first);
  const std::vector<StreamPosition> known = positions_;
  write(second);
  const auto sink = open();
  const auto tails = sink->resumable()->read_back(known, {});
  ASSERT_TRUE(tails) << tails.error().what;
  ASSERT_EQ(tails->size(), 3u);
  const auto before = expected_records({first}, 3), behind = expected_records({second}, 3);
  for (std::size_t p = 0; p < 3; ++p) {
    EXPECT_EQ((*tails)[p].records, behind[p]);
    EXPECT_EQ((*tails)[p].changed, "");
    EXPECT_EQ((*tails)[p].last->hash, behind[p].back());
    EXPECT_EQ((*tails)[p].from.next_offset, static_cast<std::int64_t>(before[p].size()));
    EXPECT_EQ((*tails)[p].end_offset, static_cast<std::int64_t>(before[p].size() + behind[p].size()));
  }
  for (std::size_t i = 0; i < second->size(); ++i) {
    std::string_view line = second->line(i);
    line.remove_suffix(1);
    const auto& records = behind[sink->resumable()->partition_of(*second, i)];
    EXPECT_NE(std::find(records.begin(), records.end(), hash_line(line)), records.end());
  }
}

TEST_F(KafkaResumePartitionsTest, APartitionThatIsNotKnownIsReadFromItsBegin) {
  const SharedBatch batch = make_cars(100, 20);
  write(batch);
  const auto sink = open();
  const auto tails = sink->resumable()->read_back({}, {});
  ASSERT_TRUE(tails) << tails.error().what;
  const auto all = expected_records({batch}, 3);
  for (std::size_t p = 0; p < 3; ++p) EXPECT_EQ((*tails)[p].records, all[p]);
}

// A position of a topic that was deleted and made again, and holds less than the run had sent.
TEST_F(KafkaResumePartitionsTest, AShorterPartitionIsReadFromWhereTheRunBegan) {
  write(make_cars(300, 20));
  const std::vector<StreamPosition> known = positions_;
  cluster_.emplace(3);
  const SharedBatch few = make_cars(60, 20);
  write(few);
  const auto sink = open();
  const auto tails = sink->resumable()->read_back(known, {{kTopic, 0, 0, 0}, {kTopic, 1, 1000, 0}});
  ASSERT_TRUE(tails) << tails.error().what;
  const auto there = expected_records({few}, 3);
  for (std::size_t p = 0; p < 3; ++p) {
    EXPECT_EQ((*tails)[p].records, there[p]);
    EXPECT_EQ((*tails)[p].from.next_offset, 0);
    EXPECT_EQ((*tails)[p].from.next_ordinal, 0u);
    EXPECT_THAT((*tails)[p].changed, HasSubstr("[" + std::to_string(p) + "]: it ends at offset "));
  }
}

TEST_F(KafkaResumePartitionsTest, AnotherRecordBeforeThePlaceIsNoticed) {
  write(make_cars(100, 20));
  const std::vector<StreamPosition> known = positions_;
  cluster_.emplace(3);
  const SharedBatch others = make_cars(400, 20, 1000);
  write(others);
  std::vector<StreamPosition> unmarked = known;  // as of format 1
  for (StreamPosition& position : unmarked) position.record.reset();
  const auto sink = open();
  const auto tails = sink->resumable()->read_back(known, {});
  ASSERT_TRUE(tails) << tails.error().what;
  const auto there = expected_records({others}, 3);
  for (std::size_t p = 0; p < 3; ++p) {
    EXPECT_EQ((*tails)[p].records, there[p]);
    EXPECT_THAT((*tails)[p].changed, HasSubstr("another record is at offset "));
  }
  const auto unchecked = sink->resumable()->read_back(unmarked, {});
  ASSERT_TRUE(unchecked) << unchecked.error().what;
  for (std::size_t p = 0; p < 3; ++p) EXPECT_EQ((*unchecked)[p].changed, "");
}

// Equal lines of two moments, as of a run that somebody sent anew to a topic that was made anew.
TEST_F(KafkaResumePartitionsTest, TheTimeOfTheRecordCountsToo) {
  write(make_cars(100, 20));
  std::vector<StreamPosition> known = positions_;
  // The mock tells a time of its own, which does not count; a real broker's is looked at in tests/pipeline.
  for (StreamPosition& position : known) position.record->time_ms = 1;
  const auto sink = open();
  const auto tails = sink->resumable()->read_back(known, {});
  ASSERT_TRUE(tails) << tails.error().what;
  for (const PartitionTail& tail : *tails) EXPECT_THAT(tail.changed, HasSubstr("another record is"));
}

TEST_F(KafkaResumePartitionsTest, KnowsWhereItWritesAndWhereItBegan) {
  write(make_cars(100, 20));
  const auto sink = open();
  Resumable& place = *sink->resumable();
  const Destination& destination = place.destination();
  EXPECT_THAT(destination.identity, HasSubstr(", f1-telemetry with 3 partitions"));
  EXPECT_FALSE(destination.is_alone);
  EXPECT_EQ(destination.most_on_the_way, 100'000u);
  ASSERT_EQ(destination.origins.size(), 3u);
  for (std::size_t p = 0; p < 3; ++p) {
    EXPECT_EQ(destination.origins[p].next_offset, positions_[p].next_offset);
    EXPECT_EQ(destination.origins[p].next_ordinal, 0u);
    EXPECT_EQ(place.positions()[p].next_offset, positions_[p].next_offset);
  }
}

// What resumption found holds until this process has written behind it.
TEST_F(KafkaResumePartitionsTest, PositionsMoveOnFromThoseThatWereSet) {
  const auto sink = open();
  Resumable& place = *sink->resumable();
  place.set_positions({{kTopic, 0, 5, 50}, {kTopic, 1, 6, 60}, {kTopic, 2, 7, 70}});
  const SharedBatch one = make_cars(1, 1, 70);
  const std::size_t partition = place.partition_of(*one, 0);
  ASSERT_TRUE(sink->submit(one, 0, 1));
  ASSERT_TRUE(sink->close());
  const std::vector<StreamPosition> positions = place.positions();
  for (std::size_t p = 0; p < 3; ++p) {
    EXPECT_EQ(positions[p].next_offset, p == partition ? 1 : static_cast<std::int64_t>(5 + p));
    EXPECT_EQ(positions[p].next_ordinal, p == partition ? 71 : 50 + 10 * p);
  }
}

}  // namespace
}  // namespace racesim
