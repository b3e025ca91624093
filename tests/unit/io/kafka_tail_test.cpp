// Goal: which events of a dead producer are in the topic is told right, also with equal payloads, gaps and
// foreign records. Method: hand-made tails; and a mock cluster's topic read back.
#include "io/kafka/reading/tail.h"

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

TEST(KafkaTail, FindsAPrefix) {
  EXPECT_THAT(match_tail(hashes("abcd"), tail("ab")), ElementsAre(10, 11, -1, -1));
  EXPECT_THAT(match_tail(hashes("abcd"), tail("")), ElementsAre(-1, -1, -1, -1));
  EXPECT_THAT(match_tail(hashes("abcd"), tail("abcd")), ElementsAre(10, 11, 12, 13));
  EXPECT_THAT(match_tail(hashes(""), tail("abcd")), ElementsAre());
}

TEST(KafkaTail, SkipsForeignRecordsAndGaps) {
  EXPECT_THAT(match_tail(hashes("abcd"), tail("xayyc")), ElementsAre(11, -1, 14, -1));
}

TEST(KafkaTail, TellsCopiesApartByOrder) {
  EXPECT_THAT(match_tail(hashes("aabba"), tail("aab")), ElementsAre(10, 11, 12, -1, -1));
  EXPECT_THAT(match_tail(hashes("aba"), tail("ab")), ElementsAre(10, 11, -1));
  EXPECT_THAT(match_tail(hashes("aba"), tail("ba")), ElementsAre(-1, 10, 11));
}

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

}  // namespace
}  // namespace racesim::kafka
