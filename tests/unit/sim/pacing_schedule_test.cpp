// Goal: due times are the exact inverse of the rate's integral, for ever, and Poisson arrivals are Poisson.
// Method: compare with an independent reference in 128-bit integers, check due_ns against due_count on both
// sides of every event, and test the gaps' distribution and the counts' dispersion with stated tolerances.
#include "sim/pacing/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace racesim {
namespace {

using Wide = unsigned __int128;
constexpr std::int64_t kSecond_ns = 1'000'000'000;

RateSchedule constant(std::uint64_t events, std::uint64_t seconds) {
  return RateSchedule::constant(Rate{events, seconds}).value();
}

RateSchedule legs(const std::vector<ScheduleStage>& stages) {
  return RateSchedule::stages(stages).value();
}

std::int64_t exact_due_ns(std::uint64_t k, std::uint64_t events, std::uint64_t seconds) {
  const Wide due = Wide{k} * seconds * 1'000'000'000 / events;
  return due > static_cast<Wide>(RateSchedule::kNever_ns) ? RateSchedule::kNever_ns
                                                          : static_cast<std::int64_t>(due);
}

/// due_count is the inverse of due_ns around event k.
void expect_inverse(const RateSchedule& schedule, std::uint64_t k) {
  const std::int64_t due_ns = schedule.due_ns(k);
  if (due_ns == RateSchedule::kNever_ns) return;
  ASSERT_GE(schedule.due_count(due_ns), k + 1) << k;
  ASSERT_LE(schedule.due_count(due_ns - 1), k) << k;
}

TEST(RateSchedule, ConstantIsExact) {
  const struct {
    std::uint64_t events, seconds;
  } rates[] = {{1, 5},
               {1, 3},
               {10, 1},
               {500, 1},
               {7, 3},
               {999'983, 1},
               {1'000'000, 1},
               {1'000'000'000, 1},
               {33'333, 1000},
               {1, 86'400},
               {123'456'789, 1000}};
  for (const auto& rate : rates) {
    const RateSchedule schedule = constant(rate.events, rate.seconds);
    for (std::uint64_t base : {0ULL, 1'000ULL, 999'999'999ULL, 1'000'000'000'000ULL, 1ULL << 62})
      for (std::uint64_t k = base; k < base + 100; ++k) {
        ASSERT_EQ(schedule.due_ns(k), exact_due_ns(k, rate.events, rate.seconds))
            << k << " at " << rate.events << '/' << rate.seconds;
        expect_inverse(schedule, k);
      }
  }
}

TEST(RateSchedule, ADoubleStandsForTheSimpleFraction) {
  EXPECT_EQ(RateSchedule::constant(0.2)->due_ns(1'000'000'000), 5'000'000'000 * kSecond_ns);
  EXPECT_EQ(RateSchedule::constant(1 / 3.0)->due_ns(1'000'000), 3'000'000 * kSecond_ns);
  EXPECT_EQ(RateSchedule::constant(99.9)->due_ns(999), 10 * kSecond_ns);
}

TEST(RateSchedule, NothingIsLostOverABillionEvents) {
  for (const std::uint64_t rate : {3ULL, 999ULL, 1'001ULL, 777'777ULL}) {
    const RateSchedule schedule = constant(rate, 1);
    const std::int64_t whole_s = static_cast<std::int64_t>(1'000'000'000 / rate);
    EXPECT_EQ(schedule.due_ns(static_cast<std::uint64_t>(whole_s) * rate), whole_s * kSecond_ns);
    EXPECT_EQ(schedule.due_count(whole_s * kSecond_ns - 1), static_cast<std::uint64_t>(whole_s) * rate);
  }
}

TEST(RateSchedule, TheFirstEventIsDueAtOnceAndNothingBefore) {
  const RateSchedule schedule = constant(1, 3600);
  EXPECT_EQ(schedule.due_ns(0), 0);
  EXPECT_EQ(schedule.due_count(-1), 0U);
  EXPECT_EQ(schedule.due_count(0), 1U);
  EXPECT_EQ(schedule.due_count(3600 * kSecond_ns - 1), 1U);
  EXPECT_EQ(schedule.due_count(3600 * kSecond_ns), 2U);
}

TEST(RateSchedule, FarBeyondTimeIsNever) {
  EXPECT_EQ(constant(1, 86'400).due_ns(1ULL << 40), RateSchedule::kNever_ns);
  EXPECT_EQ(constant(1, 86'400).due_ns(~0ULL), RateSchedule::kNever_ns);
  EXPECT_EQ(constant(1'000'000'000, 1).due_ns(~0ULL), RateSchedule::kNever_ns);
  EXPECT_EQ(constant(1, 1).with_poisson(1).due_ns(~0ULL), RateSchedule::kNever_ns);
  EXPECT_EQ(constant(1'000'000'000, 1).due_count(RateSchedule::kNever_ns), 1ULL << 63);
}

TEST(RateSchedule, StagesMeetAtTheirBoundaries) {
  const RateSchedule schedule =
      legs({{30 * kSecond_ns, {100, 1}}, {120 * kSecond_ns, {1000, 1}}, {10 * kSecond_ns, {1, 1}}});
  EXPECT_EQ(schedule.total_at_stage_end(0), 3000U);
  EXPECT_EQ(schedule.total_at_stage_end(1), 123'000U);
  EXPECT_EQ(schedule.due_ns(2999), 29'990'000'000);
  EXPECT_EQ(schedule.due_ns(3000), 30 * kSecond_ns);
  EXPECT_EQ(schedule.due_ns(3001), 30'001'000'000);
  EXPECT_EQ(schedule.due_ns(123'000), 150 * kSecond_ns);
  EXPECT_EQ(schedule.due_ns(123'001), 151 * kSecond_ns);
  EXPECT_EQ(schedule.due_ns(124'000), 1150 * kSecond_ns) << "the last rate goes on";
  EXPECT_DOUBLE_EQ(schedule.rate_at(0), 100);
  EXPECT_DOUBLE_EQ(schedule.rate_at(30 * kSecond_ns - 1), 100);
  EXPECT_DOUBLE_EQ(schedule.rate_at(30 * kSecond_ns), 1000);
  EXPECT_DOUBLE_EQ(schedule.rate_at(900 * kSecond_ns), 1);
  EXPECT_EQ(schedule.stage_end_ns(1), 150 * kSecond_ns);
  EXPECT_EQ(schedule.stage_end_ns(2), RateSchedule::kNever_ns);
}

TEST(RateSchedule, APartOfAnEventIsCarriedOver) {
  // 1.5 s at 1/s leave half an event; the other half takes 0.05 s at 10/s.
  const RateSchedule schedule = legs({{1'500'000'000, {1, 1}}, {kSecond_ns, {10, 1}}});
  EXPECT_EQ(schedule.due_ns(1), kSecond_ns);
  EXPECT_EQ(schedule.due_ns(2), 1'550'000'000);
  EXPECT_EQ(schedule.due_ns(3), 1'650'000'000);
  EXPECT_EQ(schedule.total_at_stage_end(0), 2U);
}

TEST(RateSchedule, APauseSendsNothing) {
  const RateSchedule schedule =
      legs({{kSecond_ns, {0, 1}}, {10 * kSecond_ns, {1, 1}}, {5 * kSecond_ns, {0, 1}}, {kSecond_ns, {2, 1}}});
  EXPECT_EQ(schedule.due_ns(0), kSecond_ns);
  EXPECT_EQ(schedule.due_ns(9), 10 * kSecond_ns);
  EXPECT_EQ(schedule.due_ns(10), 16 * kSecond_ns);
  EXPECT_EQ(schedule.due_count(kSecond_ns - 1), 0U);
  EXPECT_EQ(schedule.due_count(16 * kSecond_ns - 1), 10U);
  EXPECT_EQ(schedule.due_count(16 * kSecond_ns), 11U);
  EXPECT_EQ(schedule.rate_at(12 * kSecond_ns), 0);
}

/// Walks the stages with whole grains, event by event: slow, and written another way than the schedule.
std::int64_t walked_due_ns(const std::vector<ScheduleStage>& stages, std::uint64_t k) {
  const Wide common = 3 * 5 * 7 * 9 * 1000;  // all denominators of the test divide it
  Wide left = Wide{k} * common * 1'000'000'000;
  std::int64_t begin_ns = 0;
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const Wide per_ns = Wide{stages[i].rate.events} * (common / stages[i].rate.seconds);
    const Wide size = per_ns * static_cast<std::uint64_t>(stages[i].duration_ns);
    if (left < size || i + 1 == stages.size()) return begin_ns + static_cast<std::int64_t>(left / per_ns);
    left -= size;
    begin_ns += stages[i].duration_ns;
  }
  return 0;
}

TEST(RateSchedule, RandomStagesAgreeWithAReference) {
  const StreamKey key = stream_key(11, "test.schedule", 0);
  const std::uint64_t denominators[] = {1, 3, 5, 7, 9, 10, 1000, 125};
  std::uint64_t draws = 0;
  for (int round = 0; round < 300; ++round) {
    std::vector<ScheduleStage> stages;
    const std::uint64_t count = 1 + below(draw(key, draws++), 6);
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t events = below(draw(key, draws++), 5) == 0 ? 0 : below(draw(key, draws++), 5000);
      const std::uint64_t duration = 1 + below(draw(key, draws++), 20'000'000'000);
      stages.push_back({static_cast<std::int64_t>(duration),
                        {i + 1 == count ? events + 1 : events, denominators[below(draw(key, draws++), 8)]}});
    }
    const RateSchedule schedule = legs(stages);
    std::int64_t last_ns = 0;
    for (std::uint64_t k = 0; k < 3000; k += 1 + below(draw(key, draws++), 40)) {
      const std::int64_t due_ns = schedule.due_ns(k);
      ASSERT_EQ(due_ns, walked_due_ns(stages, k));
      ASSERT_GE(due_ns, last_ns);
      last_ns = due_ns;
      expect_inverse(schedule, k);
    }
  }
}

TEST(RateSchedule, RefusesWhatIsNoSchedule) {
  EXPECT_FALSE(RateSchedule::constant(0.0).has_value());
  EXPECT_FALSE(RateSchedule::constant(-1.0).has_value());
  EXPECT_FALSE(RateSchedule::constant(std::nan("")).has_value());
  EXPECT_FALSE(RateSchedule::constant(Rate{2'000'000'000, 1}).has_value());
  EXPECT_FALSE(RateSchedule::stages({}).has_value());
  const ScheduleStage no_time[] = {{0, {1, 1}}};
  EXPECT_FALSE(RateSchedule::stages(no_time).has_value());
  const ScheduleStage ends_in_a_pause[] = {{5, {1, 1}}, {5, {0, 1}}};
  EXPECT_FALSE(RateSchedule::stages(ends_in_a_pause).has_value());
  const ScheduleStage too_long[] = {{RateSchedule::kNever_ns, {1, 1}}, {1, {1, 1}}};
  EXPECT_FALSE(RateSchedule::stages(too_long).has_value());
  const ScheduleStage too_fine[] = {{1, {1, 1'000'000'007}}, {1, {1, 998'244'353}}};
  EXPECT_FALSE(RateSchedule::stages(too_fine).has_value());
}

TEST(PoissonSchedule, IsPureAndMonotone) {
  const RateSchedule walked = constant(1000, 1).with_poisson(5);
  std::vector<std::int64_t> due_ns;
  for (std::uint64_t k = 0; k < 20'000; ++k) due_ns.push_back(walked.due_ns(k));
  EXPECT_TRUE(std::is_sorted(due_ns.begin(), due_ns.end()));
  const RateSchedule jumped = constant(1000, 1).with_poisson(5);
  for (std::uint64_t k = 19'999; k < 20'000; k -= 17) {
    ASSERT_EQ(jumped.due_ns(k), due_ns[k]);
    expect_inverse(jumped, k);
  }
  EXPECT_NE(constant(1000, 1).with_poisson(6).due_ns(77), due_ns[77]);
}

TEST(PoissonSchedule, WholeBlocksKeepTheMeanRateExactly) {
  const RateSchedule schedule = constant(1000, 1).with_poisson(8);
  for (std::uint64_t block : {1ULL, 10ULL, 1'000'000ULL}) {
    const std::uint64_t k = block * kArrivalBlock;
    const auto end_ns = static_cast<std::int64_t>(k * 1'000'000);
    EXPECT_EQ(schedule.due_count(end_ns - 1), k);
    EXPECT_GE(schedule.due_ns(k), end_ns);
    EXPECT_LT(schedule.due_ns(k - 1), end_ns);
  }
}

TEST(PoissonSchedule, GapsAreExponential) {
  // Kolmogorov–Smirnov: for n = 200,000 the distance of a true sample exceeds 1.95/sqrt(n) once in 1,000.
  const RateSchedule schedule = constant(1000, 1).with_poisson(1234);
  constexpr std::size_t kCount = 200'000;
  std::vector<double> gaps;
  std::int64_t last_ns = schedule.due_ns(0);
  for (std::uint64_t k = 1; k <= kCount; ++k) {
    const std::int64_t due_ns = schedule.due_ns(k);
    gaps.push_back(static_cast<double>(due_ns - last_ns) / 1e6);
    last_ns = due_ns;
  }
  std::sort(gaps.begin(), gaps.end());
  double distance = 0;
  for (std::size_t i = 0; i < kCount; ++i) {
    const double expected = 1 - std::exp(-gaps[i]);
    distance = std::max({distance, std::abs(expected - static_cast<double>(i) / kCount),
                         std::abs(expected - static_cast<double>(i + 1) / kCount)});
  }
  EXPECT_LT(distance, 1.95 / std::sqrt(static_cast<double>(kCount)));
}

TEST(PoissonSchedule, CountsDisperseLikePoisson) {
  // Variance over mean of the counts in windows of m mean gaps is 1 − m/1024 for whole blocks.
  const RateSchedule schedule = constant(1000, 1).with_poisson(77);
  for (const std::int64_t window : {1, 4, 16, 64}) {
    constexpr std::int64_t kWindows = 40'000;
    double sum = 0, squares = 0;
    std::uint64_t before = 0;
    for (std::int64_t i = 1; i <= kWindows; ++i) {
      const std::uint64_t after = schedule.due_count(i * window * 1'000'000 - 1);
      const auto count = static_cast<double>(after - before);
      before = after;
      sum += count;
      squares += count * count;
    }
    const double mean = sum / kWindows;
    const double index = (squares / kWindows - mean * mean) / mean;
    EXPECT_NEAR(index, 1 - static_cast<double>(window) / 1024, 0.04) << window;
  }
}

TEST(PoissonSchedule, FollowsTheStages) {
  const RateSchedule schedule =
      legs({{10 * kSecond_ns, {1024, 1}}, {5 * kSecond_ns, {0, 1}}, {10 * kSecond_ns, {10'240, 1}}})
          .with_poisson(3);
  EXPECT_EQ(schedule.total_at_stage_end(0), 10'240U);
  EXPECT_EQ(schedule.total_at_stage_end(1), 10'240U);
  EXPECT_GE(schedule.due_ns(10'240), 15 * kSecond_ns);
  EXPECT_EQ(schedule.due_count(25 * kSecond_ns - 1), 112'640U);
  for (std::uint64_t k = 10'000; k < 11'000; ++k) expect_inverse(schedule, k);
}

}  // namespace
}  // namespace racesim
