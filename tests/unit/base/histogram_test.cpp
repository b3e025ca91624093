// Goal: quantiles are within 1 % of the exact ones from 1 ns to 1 h, and reading while one thread writes is
// sound. Method: compare with sorted samples of several shapes; exhaustive over small values; a writer and
// readers at once (also the case that the thread sanitizer runs).
#include "base/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "base/random.h"

namespace racesim {
namespace {

constexpr std::int64_t kHour_ns = 3'600'000'000'000;

void expect_near(std::int64_t found, std::int64_t exact) {
  EXPECT_LE(std::abs(static_cast<double>(found - exact)), 0.01 * static_cast<double>(exact)) << exact;
}

TEST(Histogram, EmptyHasNoValues) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_EQ(histogram.max_ns(), 0);
  EXPECT_EQ(histogram.quantile_ns(0.5), 0);
  EXPECT_EQ(histogram.quantile_ns(1), 0);
}

TEST(Histogram, OneValueIsFoundWithinOnePercentUpToAnHour) {
  for (double x = 1; x <= static_cast<double>(kHour_ns); x *= 1.003) {
    auto histogram = std::make_unique<Histogram>();
    const auto value = static_cast<std::int64_t>(x);
    histogram->record(value);
    histogram->record(kHour_ns);
    expect_near(histogram->quantile_ns(0.5), value);
  }
}

TEST(Histogram, SmallValuesAreExact) {
  auto histogram = std::make_unique<Histogram>();
  for (std::int64_t value = 0; value < 256; ++value) histogram->record(value);
  for (int value = 0; value < 256; ++value) EXPECT_EQ(histogram->quantile_ns((value + 1) / 256.0), value);
}

TEST(Histogram, QuantilesOfManyShapes) {
  const StreamKey key = stream_key(7, "test.histogram", 0);
  for (int shape = 0; shape < 3; ++shape) {
    auto histogram = std::make_unique<Histogram>();
    std::vector<std::int64_t> values;
    for (std::uint64_t i = 0; i < 50'000; ++i) {
      const double u = unit(draw(key, i));
      const double x = shape == 0 ? 1e6 * u : shape == 1 ? -2e7 * std::log(1 - u) : std::exp(28 * u);
      values.push_back(static_cast<std::int64_t>(x) + 1);
      histogram->record(values.back());
    }
    std::sort(values.begin(), values.end());
    for (const double fraction : {0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
      const auto rank = static_cast<std::size_t>(std::ceil(fraction * 50'000)) - 1;
      expect_near(histogram->quantile_ns(fraction), values[rank]);
    }
    EXPECT_EQ(histogram->max_ns(), values.back());
    EXPECT_EQ(histogram->count(), values.size());
  }
}

TEST(Histogram, CountsInOneCallAreAsManyCalls) {
  auto histogram = std::make_unique<Histogram>();
  histogram->record(1000, 99);
  histogram->record(5'000'000);
  histogram->record(77, 0);
  EXPECT_EQ(histogram->count(), 100U);
  expect_near(histogram->quantile_ns(0.99), 1000);
  expect_near(histogram->quantile_ns(0.991), 5'000'000);
  EXPECT_EQ(histogram->max_ns(), 5'000'000);
}

TEST(Histogram, OutOfRangeValuesAreKept) {
  auto histogram = std::make_unique<Histogram>();
  histogram->record(-5);
  EXPECT_EQ(histogram->quantile_ns(1), 0);
  histogram->record(10 * kHour_ns);
  EXPECT_EQ(histogram->count(), 2U);
  EXPECT_EQ(histogram->max_ns(), 10 * kHour_ns);
  EXPECT_GE(histogram->quantile_ns(1), kHour_ns);
}

TEST(Histogram, AQuantileNeverExceedsTheMaximum) {
  auto histogram = std::make_unique<Histogram>();
  histogram->record(1'000'001);
  EXPECT_LE(histogram->quantile_ns(1), 1'000'001);
}

TEST(Histogram, MergeIsRecordingBoth) {
  auto a = std::make_unique<Histogram>();
  auto b = std::make_unique<Histogram>();
  auto both = std::make_unique<Histogram>();
  for (std::int64_t i = 1; i < 2000; ++i) {
    (i % 3 == 0 ? a : b)->record(i * i);
    both->record(i * i);
  }
  a->merge(*b);
  EXPECT_EQ(a->count(), both->count());
  EXPECT_EQ(a->max_ns(), both->max_ns());
  for (double fraction = 0; fraction <= 1; fraction += 0.05)
    EXPECT_EQ(a->quantile_ns(fraction), both->quantile_ns(fraction));
}

TEST(Histogram, CountsWithinABoundAndSumsUpToTheWidthOfItsBuckets) {
  auto histogram = std::make_unique<Histogram>();
  std::vector<std::int64_t> values_ns;
  std::mt19937_64 random(7);
  for (int i = 0; i < 5'000; ++i)
    values_ns.push_back(static_cast<std::int64_t>(random() >> (24 + random() % 36)));
  double sum = 0;
  for (const std::int64_t value_ns : values_ns) histogram->record(value_ns);
  for (const std::int64_t value_ns : values_ns) sum += static_cast<double>(value_ns);
  EXPECT_NEAR(histogram->sum_ns(), sum, sum / 256);
  for (std::int64_t bound_ns = 100; bound_ns < 1'000'000'000'000; bound_ns *= 3) {
    const auto within = [&](double factor) {
      std::uint64_t count = 0;
      for (const std::int64_t value_ns : values_ns)
        if (static_cast<double>(value_ns) <= static_cast<double>(bound_ns) * factor) ++count;
      return count;
    };
    EXPECT_GE(histogram->count_within(bound_ns), within(1 - 1.0 / 128)) << bound_ns;
    EXPECT_LE(histogram->count_within(bound_ns), within(1 + 1.0 / 128)) << bound_ns;
  }
}

TEST(Histogram, ReadersSeeASoundStateWhileOneThreadWrites) {
  auto histogram = std::make_unique<Histogram>();
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (std::int64_t i = 0; i < 200'000; ++i) histogram->record(1'000 + i % 1'000);
    done = true;
  });
  std::uint64_t last_count = 0;
  while (!done) {
    const auto copy = std::make_unique<Histogram>(*histogram);
    EXPECT_GE(copy->count(), last_count);
    last_count = copy->count();
    if (last_count == 0) continue;
    const std::int64_t median_ns = histogram->quantile_ns(0.5);
    EXPECT_GE(median_ns, 990);
    EXPECT_LE(median_ns, 2'000);
  }
  writer.join();
  EXPECT_EQ(histogram->count(), 200'000U);
}

}  // namespace
}  // namespace racesim
