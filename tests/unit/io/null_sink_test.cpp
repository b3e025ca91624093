// Goal: the null sink counts exactly and acknowledges at once.
// Method: ranges of a small batch, before and after abandon().
#include "io/sinks/null.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/wire_batches.h"

namespace racesim {
namespace {

using testing::ElementsAre;

TEST(NullSinkTest, Counts) {
  test::AckLog acks;
  const auto sink = make_null_sink(&acks);
  EXPECT_EQ(sink->name(), "null");
  const SharedBatch batch = test::make_batch({"a", "bb", "ccc"});
  ASSERT_TRUE(sink->submit(batch, 0, 1));
  ASSERT_TRUE(sink->submit(batch, 1, 1));
  ASSERT_TRUE(sink->submit(batch, 1, 3));
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(test::tally(*sink), ElementsAre(3, 3, 0));
  EXPECT_EQ(sink->counters().bytes, 9u);
  EXPECT_EQ(acks.events(), 3u);
  EXPECT_TRUE(acks.in_order());
}

TEST(NullSinkTest, FailsWhatComesAfterAbandon) {
  const auto sink = make_null_sink(nullptr);
  const SharedBatch batch = test::make_batch({"a", "b"});
  ASSERT_TRUE(sink->submit(batch, 0, 1));
  sink->abandon();
  ASSERT_TRUE(sink->submit(batch, 1, 2));
  EXPECT_THAT(test::tally(*sink), ElementsAre(2, 1, 1));
}

}  // namespace
}  // namespace racesim
