// Goal: a summary of lags is of one moment, whoever records meanwhile: no part is larger than the whole.
// Method: one thread records, another summarises and compares the parts with each other.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/histogram.h"
#include "run/generate/status.h"

namespace racesim {
namespace {

TEST(LagSummary, IsOfOneMomentWhileOneThreadRecords) {
  Histogram lag;
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (std::int64_t i = 0; !done; ++i) lag.record(i % 20'000'000'000);
  });
  for (int round = 0; round < 300; ++round) {
    const LagSummary seen = summarise(lag);
    EXPECT_TRUE(std::is_sorted(seen.within.begin(), seen.within.end()));
    EXPECT_LE(seen.within.back(), seen.count) << "round " << round;
  }
  done = true;
  writer.join();
}

TEST(LagSummary, CountsWhatIsLaterThanTheLastBound) {
  Histogram lag;
  lag.record(1'000'000);
  lag.record(3'600'000'000'000, 4);
  const LagSummary seen = summarise(lag);
  EXPECT_EQ(seen.count, 5U);
  EXPECT_EQ(seen.within.back(), 1U);
  EXPECT_EQ(seen.max_ms, 3'600'000);
}

}  // namespace
}  // namespace racesim
