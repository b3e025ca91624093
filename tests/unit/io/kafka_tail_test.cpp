// Goal: the end of a partition is known once it rests, and its records are read back from any place. Method:
// a mock cluster's topic, which other writers append to between two looks.
#include "io/kafka/reading/tail.h"

#include <gtest/gtest.h>

#include <thread>

#include "kafka_support.h"

namespace racesim::kafka {
namespace {

TEST(KafkaTail, ReadsBackAPartition) {
  if (test::kCannotRunKafka) GTEST_SKIP() << test::kWhyNoKafka;
  test::MockCluster cluster(1);
  test::ScratchDir dir;
  DeadLetter dead(dir / "dead");
  auto sink = open_kafka_sink(cluster.options(), {test::kTopic}, {}, system_clock(), nullptr, dead);
  ASSERT_TRUE(sink) << sink.error().what;
  const SharedBatch batch = test::make_cars(2500, 4);
  ASSERT_TRUE((*sink)->submit(batch, 0, 2500));
  ASSERT_TRUE((*sink)->close());
  const auto records = read_tail(cluster.options(), test::kTopic, 0, 1000, 2000, 10'000);
  ASSERT_TRUE(records) << records.error().what;
  ASSERT_EQ(records->size(), 1000u);
  for (std::size_t i = 0; i < 1000; ++i) {
    std::string_view line = batch->line(1000 + i);
    line.remove_suffix(1);
    ASSERT_EQ((*records)[i].offset, static_cast<std::int64_t>(1000 + i));
    ASSERT_EQ((*records)[i].payload_hash, hash_line(line));
  }
  // Nothing there: an empty range, and a place behind the end.
  EXPECT_EQ(read_tail(cluster.options(), test::kTopic, 0, 7, 7, 10'000)->size(), 0u);
  EXPECT_FALSE(read_tail(cluster.options(), test::kTopic, 0, 5000, 6000, 1'000));
}

// The end is looked at again until two looks agree, or five were in vain.
TEST(KafkaTail, WaitsUntilTheEndRests) {
  if (test::kCannotRunKafka) GTEST_SKIP() << test::kWhyNoKafka;
  test::MockCluster cluster(1);
  test::ScratchDir dir;
  DeadLetter dead(dir / "dead");
  auto looks_at = Cluster::open(cluster.options());
  ASSERT_TRUE(looks_at) << looks_at.error().what;
  auto sink = open_kafka_sink(cluster.options(), {test::kTopic}, {}, system_clock(), nullptr, dead);
  ASSERT_TRUE(sink) << sink.error().what;
  const SharedBatch batch = test::make_cars(100, 4);
  for (const int writes : {0, 2, 9}) {
    int pauses = 0;
    const auto pause = [&](std::int64_t) {
      if (pauses++ >= writes) return true;
      const std::uint64_t acked = (*sink)->counters().acked;
      EXPECT_TRUE((*sink)->submit(batch, 0, 1));
      while ((*sink)->counters().acked == acked) std::this_thread::yield();
      return true;
    };
    const auto ends = settled_ends(*looks_at, cluster.options(), {{test::kTopic, 0}}, pause);
    ASSERT_TRUE(ends) << ends.error().what;
    EXPECT_EQ(pauses, std::min(writes + 1, 5));
    EXPECT_EQ(ends->front(), static_cast<std::int64_t>((*sink)->counters().acked));
  }
  EXPECT_FALSE(
      settled_ends(*looks_at, cluster.options(), {{test::kTopic, 0}}, [](std::int64_t) { return false; }));
  ASSERT_TRUE((*sink)->close());
}

}  // namespace
}  // namespace racesim::kafka
