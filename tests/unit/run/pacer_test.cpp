// Goal: events leave when they are due, to the nanosecond, whatever the schedule; nothing is skipped; what a
// stall leaves behind is made up for, shed or reported as asked. Method: a clock that moves only when the
// pacer sleeps or the test stalls it, and due times worked out by hand.
#include "run/pacing/pacer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "support/fake_clock.h"

namespace racesim {
namespace {

using test::FakeClock;
using test::kMs;
using test::kSecond;
using testing::ElementsAre;

constexpr std::int64_t kEventStart = FakeClock::kWallStart_ns;

/// When an event left, since the start of sending.
struct Departure {
  std::uint64_t event;
  std::int64_t at_ns;
  bool shed;
};

class PacerTest : public testing::Test {
 protected:
  PacerTest() { options_.live = false; }

  void make(std::uint64_t seed = 42) {
    auto pacer = Pacer::make(options_, seed, clock_);
    ASSERT_TRUE(pacer) << pacer.error().what;
    pacer_.emplace(std::move(*pacer));
    start_ns_ = clock_.now_ns();
    pacer_->start(start_ns_, kEventStart);
  }

  void rate(std::uint64_t events, std::uint64_t seconds = 1) { options_.posting_rate = {events, seconds}; }

  /// Events whose times are so long after the start.
  static WireBatch events_at(const std::vector<std::int64_t>& times_ns) {
    WireBatch batch;
    for (const std::int64_t time_ns : times_ns) {
      EventHead head;
      head.emit_time_ns = kEventStart + time_ns;
      batch.heads.push_back(head);
      batch.ends.push_back(0);
    }
    return batch;
  }
  static WireBatch events(std::size_t count, std::int64_t gap_ns = 0) {
    std::vector<std::int64_t> times_ns;
    for (std::size_t i = 0; i < count; ++i) times_ns.push_back(static_cast<std::int64_t>(i) * gap_ns);
    return events_at(times_ns);
  }

  /// Sends the batch; event `stall_at` takes `stall_ns` to be delivered.
  std::vector<Departure> send(const WireBatch& batch, std::size_t stall_at = SIZE_MAX,
                              std::int64_t stall_ns = 0) {
    std::vector<Departure> sent;
    for (std::size_t from = 0; from < batch.size();) {
      const auto release = pacer_->next(batch, from, stop_);
      if (!release) break;
      EXPECT_GT(release->last, from);
      EXPECT_LE(release->last, batch.size());
      for (; from < release->last; ++from)
        sent.push_back({batch.first_ordinal + from, clock_.now_ns() - start_ns_, release->shed});
      if (stall_at < from) {
        clock_.advance(stall_ns);
        stall_at = SIZE_MAX;
      }
    }
    return sent;
  }

  static std::vector<std::int64_t> times(const std::vector<Departure>& sent) {
    std::vector<std::int64_t> out;
    for (const Departure& s : sent) out.push_back(s.at_ns);
    return out;
  }

  FakeClock clock_;
  PaceOptions options_;
  std::optional<Pacer> pacer_;
  std::int64_t start_ns_ = 0;
  std::atomic<bool> stop_{false};
};

TEST_F(PacerTest, WithoutLimitEverythingLeavesAtOnce) {
  make();
  EXPECT_FALSE(pacer_->plan().limited());
  EXPECT_EQ(pacer_->plan().most_until(clock_.now_ns()), UINT64_MAX);
  const auto sent = send(events(1000, kSecond));
  ASSERT_EQ(sent.size(), 1000u);
  EXPECT_EQ(sent.back().at_ns, 0);
  EXPECT_EQ(clock_.sleeps(), 0u);
}

TEST_F(PacerTest, ConstantRateIsExact) {
  rate(3);
  make();
  EXPECT_EQ(pacer_->plan().most_until(clock_.now_ns() + kSecond), 4u);  // one at its very start
  EXPECT_THAT(times(send(events(7))),
              ElementsAre(0, 333'333'333, 666'666'666, kSecond, 1'333'333'333, 1'666'666'666, 2 * kSecond));
}

TEST_F(PacerTest, FractionalRatesAreExact) {
  rate(1, 5);
  make();
  EXPECT_THAT(times(send(events(3))), ElementsAre(0, 5 * kSecond, 10 * kSecond));
}

TEST_F(PacerTest, TheRateGoesOnAcrossBatches) {
  rate(10);
  make();
  WireBatch first = events(3), empty = events(0), second = events(2);
  empty.first_ordinal = second.first_ordinal = 3;
  send(first);
  send(empty);
  EXPECT_THAT(times(send(second)), ElementsAre(300 * kMs, 400 * kMs));
}

TEST_F(PacerTest, StagesFollowOneAnotherWithPauses) {
  options_.stages = {{kSecond, {2, 1}}, {3 * kSecond, {0, 1}}, {kSecond, {4, 1}}, {kSecond, {1, 1}}};
  make();
  EXPECT_THAT(times(send(events(8))), ElementsAre(0, 500 * kMs, 4000 * kMs, 4250 * kMs, 4500 * kMs,
                                                  4750 * kMs, 5000 * kMs, 6000 * kMs));
  const std::int64_t start_ns = FakeClock::kStart_ns;
  EXPECT_EQ(pacer_->plan().most_until(start_ns - 1), 0u);
  EXPECT_EQ(pacer_->plan().most_until(start_ns + 2 * kSecond), 2u);
  EXPECT_EQ(pacer_->plan().most_until(start_ns + 4500 * kMs), 5u);
}

TEST_F(PacerTest, PoissonArrivalsFollowTheirSchedule) {
  rate(100);
  options_.arrivals = Arrivals::poisson;
  make(7);
  const auto sent = send(events(3000));
  const RateSchedule schedule = RateSchedule::constant(Rate{100, 1})->with_poisson(7);
  ASSERT_EQ(sent.size(), 3000u);
  for (std::size_t i = 0; i < sent.size(); ++i) ASSERT_EQ(sent[i].at_ns, schedule.due_ns(i)) << i;
}

TEST_F(PacerTest, MeanRateIsExactAndNothingIsSkippedAtAnyRate) {
  for (const std::uint64_t per_second : {1u, 997u, 10'000u, 49'999u, 99'991u, 999'983u}) {
    rate(per_second);
    clock_.oversleep_ns = 70'000;
    make();
    const std::size_t count = std::min<std::size_t>(per_second * 3 + 1, 200'000);
    const auto sent = send(events(count));
    ASSERT_EQ(sent.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto due_ns = static_cast<std::int64_t>(i * 1'000'000'000ULL / per_second);
      ASSERT_EQ(sent[i].event, i);
      ASSERT_GE(sent[i].at_ns, due_ns);
      ASSERT_LT(sent[i].at_ns - due_ns, kMs + 2 * clock_.oversleep_ns) << per_second;
    }
  }
}

TEST_F(PacerTest, HighRatesWakeOncePerMillisecond) {
  rate(1'000'000);
  make();
  const auto sent = send(events(20'000));
  ASSERT_EQ(sent.size(), 20'000u);
  for (const Departure& s : sent) {
    ASSERT_EQ(s.at_ns % kMs, 0);
    ASSERT_EQ(s.at_ns, (static_cast<std::int64_t>(s.event) * 1000 + kMs - 1) / kMs * kMs);
  }
  EXPECT_EQ(clock_.sleeps(), 20u);
}

TEST_F(PacerTest, LowRatesOfAStagePlanAreNotRounded) {
  options_.stages = {{kSecond, {300, 1}}, {kSecond, {1'000'000, 1}}};
  make();
  const auto sent = send(events(300));
  for (std::size_t i = 0; i < sent.size(); ++i)
    ASSERT_EQ(sent[i].at_ns, static_cast<std::int64_t>(i) * kSecond / 300);
}

TEST_F(PacerTest, LiveEventsLeaveWhenTheirTimeComes) {
  options_.live = true;
  make();
  EXPECT_TRUE(pacer_->plan().limited());
  EXPECT_THAT(times(send(events_at({0, 1 * kMs, 1 * kMs, 70 * kSecond}))),
              ElementsAre(0, 1 * kMs, 1 * kMs, 70 * kSecond));
}

TEST_F(PacerTest, SpeedStretchesLiveTime) {
  options_.live = true;
  for (const auto& [speed, factor] : {std::pair{2.0, 0.5}, {0.5, 2.0}, {3600.0, 1 / 3600.0}}) {
    options_.speed = speed;
    make();
    const auto sent = send(events(5, 9 * kSecond));
    for (std::size_t i = 0; i < sent.size(); ++i)
      EXPECT_EQ(sent[i].at_ns, static_cast<std::int64_t>(std::floor(static_cast<double>(i) * 9e9 * factor)));
  }
}

TEST_F(PacerTest, FastLiveEventsLeaveTogetherToo) {
  options_.live = true;
  options_.speed = 1000;
  make();
  const auto sent = send(events(1000, 10 * kMs));  // ten microseconds apart by the clock
  ASSERT_EQ(sent.size(), 1000u);
  for (const Departure& s : sent)
    ASSERT_EQ(s.at_ns, (static_cast<std::int64_t>(s.event) * 10'000 + kMs - 1) / kMs * kMs);
}

TEST_F(PacerTest, ALiveRunThatStartsLateSendsWhatIsDue) {
  options_.live = true;
  make();
  clock_.advance(300 * kMs);
  EXPECT_THAT(times(send(events_at({0, 200 * kMs, 400 * kMs}))),
              ElementsAre(300 * kMs, 300 * kMs, 400 * kMs));
}

TEST_F(PacerTest, ARateSpacesLiveEvents) {
  options_.live = true;
  rate(10);
  make();
  // Three at a time; after the idle seconds as before: they have saved up nothing.
  const auto sent = send(events_at({0, 0, 0, 20 * kSecond + kMs, 20 * kSecond + kMs, 20 * kSecond + kMs}));
  EXPECT_THAT(times(sent), ElementsAre(0, 100 * kMs, 200 * kMs, 20'001 * kMs, 20'100 * kMs, 20'200 * kMs));
  EXPECT_FALSE(std::any_of(sent.begin(), sent.end(), [](const Departure& s) { return s.shed; }));
}

TEST_F(PacerTest, ARateNeverSendsALiveEventEarly) {
  options_.live = true;
  rate(1'000'000);
  make();
  EXPECT_THAT(times(send(events(4, kSecond))), ElementsAre(0, kSecond, 2 * kSecond, 3 * kSecond));
}

TEST_F(PacerTest, AfterAShortStallEverythingLeavesAtOnce) {
  rate(10);
  make();
  const auto sent = send(events(30), 5, kSecond);
  // Event 5 left at 0.5 s; until 1.5 s nothing did.
  EXPECT_EQ(sent[6].at_ns, 1500 * kMs);
  EXPECT_EQ(sent[15].at_ns, 1500 * kMs);
  EXPECT_EQ(sent[16].at_ns, 1600 * kMs);
}

TEST_F(PacerTest, AfterALongStallItCatchesUpAtTwiceThePace) {
  for (const bool live : {false, true}) {
    options_.live = live;
    if (!live) rate(100);
    if (live) options_.posting_rate = {};
    make();
    const auto sent = send(events(4000, 10 * kMs), 99, 10 * kSecond);
    ASSERT_EQ(sent.size(), 4000u);
    const std::int64_t due_ns = 100 * 10 * kMs, stalled_until_ns = 99 * 10 * kMs + 10 * kSecond;
    for (std::size_t i = 100; i < sent.size(); ++i) {
      const std::int64_t plan_ns = static_cast<std::int64_t>(i) * 10 * kMs;
      ASSERT_EQ(sent[i].at_ns, std::max(plan_ns, stalled_until_ns + (plan_ns - due_ns) / 2)) << i;
    }
    EXPECT_EQ(sent[2090].at_ns, 20'940 * kMs);  // twenty seconds later it is nearly level
    EXPECT_EQ(sent[2100].at_ns, 21 * kSecond);
  }
}

TEST_F(PacerTest, AStallWhileCatchingUpStartsTheCatchUpAnew) {
  rate(100);
  make();
  WireBatch first = events(200), second = events(4000);
  second.first_ordinal = 200;
  send(first, 99, 10 * kSecond);  // 200 is due at 2 s, and would leave at 11.49 s
  clock_.advance(5 * kSecond);
  const std::int64_t now_ns = clock_.now_ns() - start_ns_;
  const auto sent = send(second);
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const std::int64_t plan_ns = static_cast<std::int64_t>(200 + i) * 10 * kMs;
    ASSERT_EQ(sent[i].at_ns, std::max(plan_ns, now_ns + (plan_ns - 2 * kSecond) / 2));
  }
}

TEST_F(PacerTest, BurstSendsEverythingThatIsLateAtOnce) {
  rate(100);
  options_.catch_up = CatchUp::burst;
  make();
  const auto sent = send(events(2000), 99, 10 * kSecond);
  EXPECT_EQ(sent[100].at_ns, 10'990 * kMs);
  EXPECT_EQ(sent[1099].at_ns, 10'990 * kMs);
  EXPECT_EQ(sent[1100].at_ns, 11 * kSecond);
}

TEST_F(PacerTest, BlockOnlyLags) {
  rate(100);
  options_.max_lag_ns = kMs;
  make();
  const auto sent = send(events(300), 99, 10 * kSecond);
  ASSERT_EQ(sent.size(), 300u);
  EXPECT_FALSE(std::any_of(sent.begin(), sent.end(), [](const Departure& s) { return s.shed; }));
  EXPECT_GT(pacer_->behind_ns(), kSecond);
}

TEST_F(PacerTest, DropShedsExactlyWhatIsOlderThanMaxLag) {
  for (const bool live : {false, true}) {
    options_.live = live;
    options_.posting_rate = live ? Rate{} : Rate{100, 1};
    options_.on_overload = Overload::drop;
    options_.max_lag_ns = 2 * kSecond;
    make();
    // At 10.99 s the event of 8.99 s is as late as may be.
    const auto sent = send(events(2000, 10 * kMs), 99, 10 * kSecond);
    ASSERT_EQ(sent.size(), 2000u);
    for (const Departure& s : sent) {
      const bool late = s.event > 99 && s.event < 899;
      ASSERT_EQ(s.shed, late) << s.event;
      const std::int64_t lag_ns = s.at_ns - static_cast<std::int64_t>(s.event) * 10 * kMs;
      ASSERT_TRUE(late || lag_ns <= 2 * kSecond);
    }
    EXPECT_EQ(sent[1999].at_ns, 1999 * 10 * kMs);
  }
}

TEST_F(PacerTest, DropKeepsARateBelowThatOfLiveEvents) {
  options_.live = true;
  rate(50);
  options_.on_overload = Overload::drop;
  options_.max_lag_ns = 500 * kMs;
  make();
  const auto sent = send(events(12'000, 10 * kMs));  // two minutes
  ASSERT_EQ(sent.size(), 12'000u);
  std::vector<std::int64_t> released;
  for (const Departure& s : sent) {
    const std::int64_t lag_ns = s.at_ns - static_cast<std::int64_t>(s.event) * 10 * kMs;
    ASSERT_EQ(s.shed, lag_ns > options_.max_lag_ns) << s.event;
    if (!s.shed) released.push_back(s.at_ns);
  }
  for (std::size_t i = 1; i < released.size(); ++i) ASSERT_GE(released[i] - released[i - 1], 20 * kMs);
  EXPECT_NEAR(static_cast<double>(released.size()), 120 * 50, 30);
}

TEST_F(PacerTest, BehindTellsHowLateTheReleaseIs) {
  rate(10);
  clock_.oversleep_ns = 3 * kMs;
  make();
  const WireBatch batch = events(3);
  pacer_->next(batch, 0, stop_);
  EXPECT_EQ(pacer_->behind_ns(), 0);
  pacer_->next(batch, 1, stop_);
  EXPECT_EQ(pacer_->behind_ns(), 3 * kMs);
}

TEST_F(PacerTest, AStopEndsASleepSoon) {
  rate(1, 3600);
  make();
  const WireBatch batch = events(2);
  EXPECT_TRUE(pacer_->next(batch, 0, stop_));
  clock_.after_sleep = [&] {
    if (clock_.sleeps() == 100) stop_ = true;
  };
  EXPECT_FALSE(pacer_->next(batch, 1, stop_));
  EXPECT_EQ(clock_.sleeps(), 100u);
  EXPECT_LE(clock_.now_ns() - start_ns_, 100 * 50 * kMs);
  EXPECT_FALSE(pacer_->next(batch, 0, stop_));  // not even what is due
}

TEST_F(PacerTest, AStopEndsAnUnlimitedRunToo) {
  make();
  stop_ = true;
  EXPECT_FALSE(pacer_->next(events(1), 0, stop_));
}

TEST_F(PacerTest, WaitsForEventTime) {
  options_.live = true;
  options_.speed = 4;
  make();
  pacer_->wait_for(kEventStart + 60 * kSecond, stop_);
  EXPECT_EQ(clock_.now_ns() - start_ns_, 15 * kSecond);
  pacer_->wait_for(kEventStart, stop_);
  stop_ = true;
  pacer_->wait_for(INT64_MAX, stop_);
  EXPECT_EQ(clock_.now_ns() - start_ns_, 15 * kSecond);
}

// The undefined-behaviour sanitizer is the judge of these: no sum leaves the range.
TEST_F(PacerTest, EventsThatNeverComeOverflowNothing) {
  for (const Overload overload : {Overload::block, Overload::drop}) {
    options_.posting_rate = {1, 86'400'000'000'000};
    options_.on_overload = overload;
    options_.max_lag_ns = INT64_MAX;
    stop_ = false;
    make();
    const WireBatch batch = events(60);
    EXPECT_EQ(pacer_->plan().due_ns(batch, 1), INT64_MAX);
    EXPECT_EQ(pacer_->next(batch, 0, stop_)->last, 1u);
    clock_.advance(100 * kSecond);
    const std::uint64_t woken = clock_.sleeps() + 3;
    clock_.after_sleep = [&, woken] { stop_ = clock_.sleeps() >= woken; };
    EXPECT_FALSE(pacer_->next(batch, 1, stop_));
  }
}

TEST_F(PacerTest, DueTimesNearTheEndOfTimeOverflowNothing) {
  options_.posting_rate = {1, 9'223'372'034};  // event 1 is due 292 years after the start
  make();
  EXPECT_EQ(pacer_->plan().due_ns(events(2), 1), INT64_MAX);

  options_.posting_rate = {};
  options_.live = true;
  for (const double speed : {1.0, 1e-9, 1e6}) {
    options_.speed = speed;
    make();
    const WireBatch batch = events_at({0, INT64_MAX - kEventStart});
    EXPECT_GT(pacer_->plan().due_ns(batch, 1), start_ns_);
    EXPECT_EQ(pacer_->next(batch, 0, stop_)->last, 1u);
  }
}

TEST_F(PacerTest, CatchingUpWithALivePlanOfSlotsOverflowsNothing) {
  options_.live = true;
  options_.posting_rate = {1, 86'400'000'000'000};
  make();
  const WireBatch batch = events(3, kMs);
  EXPECT_EQ(pacer_->next(batch, 0, stop_)->last, 1u);
  clock_.advance(100 * kSecond);
  clock_.after_sleep = [&] { stop_ = true; };
  EXPECT_FALSE(pacer_->next(batch, 1, stop_));
}

TEST(PacerMake, RefusesRatesThatCannotBePlanned) {
  FakeClock clock;
  PaceOptions options;
  options.stages = {{kSecond, {1, 1}}, {kSecond, {0, 1}}};
  const auto pacer = Pacer::make(options, 1, clock);
  ASSERT_FALSE(pacer);
  EXPECT_EQ(pacer.error().kind, ErrorKind::usage);
}

/// The clock is ten seconds into event time when sending begins.
class HistoryTest : public PacerTest {
 protected:
  void make_history() {
    options_.live = true;
    options_.backfill_ns = 10 * kSecond;
    make();
    start_ns_ -= 10 * kSecond;
    pacer_->start(start_ns_, kEventStart);
  }
};

TEST_F(HistoryTest, IsSentAtOnceAndThenGoesOnLive) {
  make_history();
  const WireBatch all = events(13, kSecond);
  EXPECT_TRUE(pacer_->plan().is_history(all, 12)) << "until the end of history is known";
  const auto sent = send(all);
  ASSERT_EQ(sent.size(), 13u);
  for (std::size_t i = 0; i <= 10; ++i) EXPECT_EQ(sent[i].at_ns, 10 * kSecond);
  EXPECT_EQ(sent[11].at_ns, 11 * kSecond);
  EXPECT_EQ(sent[12].at_ns, 12 * kSecond);
  EXPECT_TRUE(pacer_->plan().is_history(all, 10));
  EXPECT_FALSE(pacer_->plan().is_history(all, 11));
  EXPECT_EQ(pacer_->behind_ns(), 0);
}

TEST_F(HistoryTest, WhatHappensWhileItIsSentIsHistoryToo) {
  make_history();
  // Delivering event 3 takes five seconds.
  const WireBatch all = events(20, kSecond);
  const auto sent = send(all, 3, 5 * kSecond);
  EXPECT_EQ(sent[15].at_ns, 15 * kSecond);
  EXPECT_EQ(sent[16].at_ns, 16 * kSecond);
  EXPECT_TRUE(pacer_->plan().is_history(all, 15));
  EXPECT_FALSE(pacer_->plan().is_history(all, 16));
}

TEST_F(HistoryTest, IsNeitherShedNorSlowedDown) {
  options_.on_overload = Overload::drop;
  options_.max_lag_ns = kMs;
  make_history();
  for (const Departure& event : send(events(300, kSecond / 20))) {
    EXPECT_FALSE(event.shed);
    EXPECT_TRUE(event.event > 200 || event.at_ns == 10 * kSecond) << event.event;
  }
}

}  // namespace
}  // namespace racesim
