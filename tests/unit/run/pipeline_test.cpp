// Goal: whatever the sinks, the pace or the user do, each sink accounts for every event that was released,
// all sinks are closed, and the run says truly how it ended. Method: numbered events, sinks that do as told,
// a clock that moves only when the pacer sleeps or a sink stalls it.
#include "run/generate/pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "io/sinks/threaded.h"
#include "support/collecting_sink.h"
#include "support/counting_scenario.h"
#include "support/fake_clock.h"

namespace racesim {
namespace {

using test::CollectingSink;
using test::CountingEncoder;
using test::CountingScenario;
using test::FakeClock;
using test::kMs;
using test::kSecond;
using test::SinkScript;
using testing::HasSubstr;

/// A pipeline with all its parts. Set them up, then run().
class TestRun {
 public:
  explicit TestRun(std::vector<std::size_t> sizes, std::int64_t slice_ns = kSecond)
      : scenario(std::move(sizes), slice_ns, FakeClock::kWallStart_ns), times(clock) {
    pace.live = false;
  }

  SinkScript& add_sink(bool threaded = false) {
    scripts.emplace_back();
    sink_times.emplace_back(times);
    sinks.push_back(std::make_unique<CollectingSink>(scripts.back(), &sink_times.back()));
    if (threaded) sinks.back() = std::make_unique<ThreadedSink>(std::move(sinks.back()), sink_times.back());
    return scripts.back();
  }

  void rate(std::uint64_t events) { pace.posting_rate = {events, 1}; }

  Pipeline& pipeline() {
    if (pipeline_) return *pipeline_;
    auto made = Pacer::make(pace, 42, clock);
    EXPECT_TRUE(made);
    pacer.emplace(std::move(*made));
    feed = std::make_unique<Feed>(scenario, std::vector<const Encoder*>{&encoder}, ShardRange{0, 1}, 1, 2,
                                  FaultRules{}, 42);
    std::optional<std::int64_t> start_ns;
    if (pace.live) start_ns = clock.now_ns();
    pipeline_ = std::make_unique<Pipeline>(*feed, *pacer, times, sinks, pace, clock, FakeClock::kWallStart_ns,
                                           start_ns);
    return *pipeline_;
  }

  Pipeline::End run() {
    Pipeline::End end = pipeline().run();
    for (const SinkScript& script : scripts) EXPECT_TRUE(script.closed());
    check_accounts();
    return end;
  }

  /// What every run owes, however it ended.
  void check_accounts() const {
    const PipelineCounters& counters = pipeline_->counters();
    for (const auto& sink : sinks) {
      EXPECT_EQ(sink->counters().sent, counters.released - counters.shed);
      EXPECT_EQ(sink->counters().sent, sink->counters().acked + sink->counters().failed);
    }
  }

  std::uint64_t generated() { return pipeline().counters().released; }

  FakeClock clock;
  CountingScenario scenario;
  CountingEncoder encoder;
  PaceOptions pace;
  std::deque<SinkScript> scripts;
  DeliveryTimes times;
  std::deque<SinkTimes> sink_times;
  std::vector<std::unique_ptr<Sink>> sinks;
  std::optional<Pacer> pacer;
  std::unique_ptr<Feed> feed;

 private:
  std::unique_ptr<Pipeline> pipeline_;
};

TEST(DueMarks, TellWhenTheOldestOpenEventWasDue) {
  DueMarks marks;
  EXPECT_FALSE(marks.oldest_ns(0));
  for (std::uint64_t k = 1; k <= 100; ++k) marks.note(k, static_cast<std::int64_t>(k) * 100 * kMs, 0);
  EXPECT_EQ(marks.oldest_ns(0), 100 * kMs);
  EXPECT_EQ(marks.oldest_ns(41), 4200 * kMs);
  EXPECT_FALSE(marks.oldest_ns(100));
  marks.note(200, 10'000 * kMs + 20 * kMs, 50);
  EXPECT_EQ(marks.oldest_ns(150), 10'000 * kMs) << "neighbours share a mark";
  EXPECT_EQ(marks.oldest_ns(0), 5100 * kMs) << "what is settled was forgotten";
}

TEST(Pipeline, SendsEverythingInOrder) {
  TestRun run({10, 0, 30, 5});
  const SinkScript& sink = run.add_sink();
  const Pipeline::End end = run.run();
  EXPECT_TRUE(end.reached_end);
  EXPECT_FALSE(end.reader_gone);
  EXPECT_FALSE(end.error);
  EXPECT_EQ(sink.text(), run.scenario.text());
  EXPECT_EQ(run.generated(), 45u);
  EXPECT_EQ(run.pipeline().counters().event_time_ns, FakeClock::kWallStart_ns + 3800 * kMs);
}

TEST(Pipeline, AllSinksGetTheSameBytes) {
  for (const bool threaded : {false, true}) {
    TestRun run({100, 200, 300});
    for (int i = 0; i < 3; ++i) run.add_sink(threaded);
    EXPECT_TRUE(run.run().reached_end);
    for (const SinkScript& sink : run.scripts) EXPECT_EQ(sink.text(), run.scenario.text());
  }
}

TEST(Pipeline, ARunWithoutEventsEndsWell) {
  TestRun run({0, 0});
  run.add_sink();
  const Pipeline::End end = run.run();
  EXPECT_TRUE(end.reached_end);
  EXPECT_FALSE(end.error);
  EXPECT_EQ(run.generated(), 0u);
}

TEST(Pipeline, AnErrorOfOneSinkEndsTheRunAndClosesAll) {
  for (const bool threaded : {false, true}) {
    TestRun run({50, 50, 50, 50, 50, 50, 50, 50});
    const SinkScript& first = run.add_sink(threaded);
    run.add_sink(threaded).fail_from = 120;
    const SinkScript& last = run.add_sink(threaded);
    const Pipeline::End end = run.run();
    ASSERT_TRUE(end.error);
    EXPECT_EQ(end.error->what, "the disk is full");
    EXPECT_FALSE(end.reader_gone);
    EXPECT_EQ(first.text(), CountingScenario::text(0, run.generated()));
    EXPECT_EQ(last.text(), first.text());
    EXPECT_EQ(run.scripts[1].text(), CountingScenario::text(0, 100));
    EXPECT_TRUE(threaded || run.generated() == 150);
    EXPECT_TRUE(threaded || !end.reached_end);
  }
}

TEST(Pipeline, AWorkerThatRunsOutOfMemoryEndsTheRunAndClosesAll) {
  TestRun run(std::vector<std::size_t>(50, 20));
  run.scenario.before_fill = [](std::uint64_t slice) {
    if (slice == 30) throw std::bad_alloc();
  };
  const SinkScript& sink = run.add_sink();
  const Pipeline::End end = run.run();
  EXPECT_FALSE(end.reached_end);
  ASSERT_TRUE(end.error);
  EXPECT_EQ(end.error->what, "make events: out of memory");
  EXPECT_THAT(end.error->hint, HasSubstr("--threads"));
  EXPECT_EQ(sink.text(), CountingScenario::text(0, run.generated()));
  EXPECT_LE(run.generated(), 600u);
}

TEST(Pipeline, ASinkThatRunsOutOfMemoryEndsTheRun) {
  TestRun run({50, 50});
  run.add_sink().on_submit = [](const WireBatch&, std::size_t, std::size_t) { throw std::bad_alloc(); };
  const Pipeline::End end = run.pipeline().run();
  ASSERT_TRUE(end.error);
  EXPECT_THAT(end.error->what, HasSubstr("send events: "));
  EXPECT_TRUE(run.scripts[0].closed());
}

TEST(Pipeline, AReaderThatGoesAwayEndsTheRunWithoutError) {
  for (const bool threaded : {false, true}) {
    TestRun run({50, 50, 50});
    const SinkScript& other = run.add_sink(threaded);
    SinkScript& script = run.add_sink(threaded);
    script.fail_from = 60;
    script.fail_as_reader_gone = true;
    const Pipeline::End end = run.run();
    EXPECT_TRUE(end.reader_gone);
    EXPECT_FALSE(end.error) << end.error->what;
    EXPECT_EQ(other.text(), CountingScenario::text(0, run.generated()));
  }
}

TEST(Pipeline, AReaderThatGoesAwayHidesNoOtherError) {
  TestRun run({50, 50, 50});
  SinkScript& pipe = run.add_sink();
  pipe.fail_from = 60;
  pipe.fail_as_reader_gone = true;
  run.add_sink().fail_close = true;
  const Pipeline::End end = run.run();
  EXPECT_TRUE(end.reader_gone);
  ASSERT_TRUE(end.error);
  EXPECT_EQ(end.error->what, "close failed");
}

TEST(Pipeline, AnErrorAtTheCloseIsTold) {
  TestRun run({5});
  run.add_sink().fail_close = true;
  run.add_sink();
  const Pipeline::End end = run.run();
  EXPECT_TRUE(end.reached_end);
  ASSERT_TRUE(end.error);
  EXPECT_EQ(end.error->what, "close failed");
}

TEST(Pipeline, AStopDeliversWhatWasReleasedAndNoMore) {
  TestRun run({100, 100});
  run.rate(10);
  SinkScript& sink = run.add_sink();
  sink.on_submit = [&](const WireBatch& batch, std::size_t, std::size_t last) {
    if (batch.first_ordinal + last == 37) run.pipeline().stop();
  };
  const Pipeline::End end = run.run();
  EXPECT_FALSE(end.reached_end);
  EXPECT_FALSE(end.error);
  EXPECT_EQ(sink.text(), CountingScenario::text(0, 37));
  EXPECT_EQ(run.generated(), 37u);
}

TEST(Pipeline, AStopBehindTheLastEventCutsNothingShort) {
  TestRun run({100});
  SinkScript& sink = run.add_sink();
  sink.on_submit = [&](const WireBatch&, std::size_t, std::size_t) { run.pipeline().stop(); };
  EXPECT_TRUE(run.run().reached_end);
  EXPECT_EQ(sink.text(), run.scenario.text());
}

TEST(Pipeline, AStopBeforeTheStartSendsNothing) {
  TestRun run({100});
  const SinkScript& sink = run.add_sink();
  run.pipeline().stop();
  EXPECT_FALSE(run.run().reached_end);
  EXPECT_EQ(sink.text(), "");
}

TEST(Pipeline, StopsFromAnotherThreadAtAnyMoment) {
  for (std::size_t round = 0; round < 50; ++round) {
    TestRun run(std::vector<std::size_t>(200, 20));
    run.rate(1000);
    SinkScript& sink = run.add_sink();
    std::atomic<bool> reached{false};
    sink.on_submit = [&](const WireBatch& batch, std::size_t, std::size_t last) {
      if (batch.first_ordinal + last < round * 80) return;
      reached = true;
      reached.notify_all();
    };
    run.pipeline();
    std::thread stopper([&] {
      reached.wait(false);
      run.pipeline().stop();
    });
    const Pipeline::End end = run.run();
    stopper.join();
    EXPECT_FALSE(end.error);
    EXPECT_EQ(sink.text(), CountingScenario::text(0, run.generated()));
    EXPECT_EQ(end.reached_end, run.generated() == 4000);
  }
}

TEST(Pipeline, ABlockedSinkHoldsTheRunUntilItIsAbandoned) {
  TestRun run({10, 10, 10});
  SinkScript& sink = run.add_sink();
  sink.block_from = 5;
  run.pipeline();
  std::thread user([&] {
    sink.wait_until_blocked();
    run.pipeline().stop();
    run.sinks[0]->abandon();
  });
  EXPECT_FALSE(run.run().reached_end);
  user.join();
  EXPECT_EQ(run.sinks[0]->counters().failed, 10u);
}

TEST(Pipeline, OverloadFailEndsTheRunWithAnErrorThatSaysWhatToDo) {
  TestRun run({100});
  run.rate(10);
  run.pace.on_overload = Overload::fail;
  run.pace.max_lag_ns = 3 * kSecond;
  SinkScript& sink = run.add_sink();
  sink.on_submit = [&](const WireBatch& batch, std::size_t, std::size_t last) {
    if (batch.first_ordinal + last == 20) run.clock.advance(4 * kSecond);
  };
  const Pipeline::End end = run.run();
  EXPECT_FALSE(end.reached_end);
  ASSERT_TRUE(end.error);
  EXPECT_THAT(end.error->what, HasSubstr("3.9s behind the plan"));
  EXPECT_THAT(end.error->hint, HasSubstr("--max-lag"));
  EXPECT_EQ(sink.text(), CountingScenario::text(0, 20));
}

TEST(Pipeline, OverloadDropCountsWhatItSheds) {
  TestRun run({100});
  run.rate(10);
  run.pace.on_overload = Overload::drop;
  run.pace.max_lag_ns = kSecond;
  SinkScript& sink = run.add_sink();
  sink.on_submit = [&](const WireBatch& batch, std::size_t, std::size_t last) {
    if (batch.first_ordinal + last == 20) run.clock.advance(4 * kSecond);
  };
  EXPECT_TRUE(run.run().reached_end);
  // At 5.9 s the events of 2.0 to 4.8 s are older than a second.
  EXPECT_EQ(run.pipeline().counters().shed, 29u);
  EXPECT_EQ(run.generated(), 100u);
  EXPECT_EQ(sink.text(), CountingScenario::text(0, 20) + CountingScenario::text(49, 100));
}

/// Takes everything at once and sends one event in `per_event_ns`, as a server that is too slow for the rate.
class QueueingSink final : public Sink {
 public:
  QueueingSink(FakeClock& clock, AckListener& times, std::int64_t per_event_ns)
      : clock_(clock), times_(times), per_event_ns_(per_event_ns) {}
  std::string name() const override { return "queueing"; }
  Done submit(const SharedBatch& batch, std::size_t first, std::size_t last) override {
    work_until_now();
    for (std::size_t i = first; i < last; ++i) queue_.emplace_back(batch, i);
    return {};
  }
  Done close() override {
    while (!queue_.empty()) {
      clock_.advance(per_event_ns_);
      work_until_now();
    }
    return {};
  }
  void abandon() override {}
  std::optional<std::uint64_t> unsent() const override {
    const_cast<QueueingSink*>(this)->work_until_now();
    return queue_.size();
  }

 private:
  void work_until_now() {
    for (; !queue_.empty() && clock_.now_ns() >= free_ns_; queue_.pop_front()) {
      const auto& [batch, i] = queue_.front();
      times_.on_sent(*batch, i, i + 1);
      times_.on_acked(*batch, i, i + 1);
      ++counters_.sent;
      ++counters_.acked;
      free_ns_ = clock_.now_ns() + per_event_ns_;
    }
  }

  FakeClock& clock_;
  AckListener& times_;
  const std::int64_t per_event_ns_;
  std::int64_t free_ns_ = 0;
  std::deque<std::pair<SharedBatch, std::size_t>> queue_;
};

/// 100 events a second to a sink that manages ten.
void make_overload(TestRun& run, Overload how) {
  run.rate(100);
  run.pace.on_overload = how;
  run.pace.max_lag_ns = 500 * kMs;
  run.sink_times.emplace_back(run.times);
  run.sinks.push_back(std::make_unique<QueueingSink>(run.clock, run.sink_times.back(), 100 * kMs));
}

TEST(Pipeline, OverloadDropLooksIntoTheQueueOfASink) {
  TestRun run({1000});
  make_overload(run, Overload::drop);
  EXPECT_TRUE(run.run().reached_end);
  EXPECT_GT(run.pipeline().counters().shed, 800u);
  EXPECT_GT(run.sinks[0]->counters().acked, 90u);
  // An event waits for those before it: half a second of the plan at most, sent at a tenth of its pace.
  Histogram lag;
  run.times.read_send(lag);
  EXPECT_EQ(lag.count(), run.sinks[0]->counters().acked);
  EXPECT_LE(lag.max_ns(), 6 * kSecond);
  EXPECT_GT(lag.max_ns(), 400 * kMs);
}

TEST(Pipeline, OverloadFailLooksIntoTheQueueOfASink) {
  TestRun run({1000});
  make_overload(run, Overload::fail);
  const Pipeline::End end = run.run();
  EXPECT_FALSE(end.reached_end);
  ASSERT_TRUE(end.error);
  EXPECT_THAT(end.error->what, HasSubstr("behind the plan"));
  EXPECT_LT(run.generated(), 70u);
}

TEST(Pipeline, AQueueThatKeepsUpShedsNothing) {
  TestRun run({1000});
  make_overload(run, Overload::drop);
  run.pace.posting_rate = {10, 1};
  EXPECT_TRUE(run.run().reached_end);
  EXPECT_EQ(run.pipeline().counters().shed, 0u);
}

TEST(Pipeline, LagsAreThoseOfThePlan) {
  TestRun run({40});
  run.rate(10);
  run.pace.catch_up = CatchUp::burst;
  SinkScript& sink = run.add_sink();
  sink.on_submit = [&](const WireBatch& batch, std::size_t first, std::size_t) {
    if (batch.first_ordinal + first == 19) run.clock.advance(2 * kSecond);
  };
  run.run();
  const Histogram& send_lag = run.pipeline().counters().send_lag;
  EXPECT_EQ(send_lag.count(), 40u);
  EXPECT_EQ(send_lag.max_ns(), 1900 * kMs);  // event 20, due at 2.0 s, left at 3.9 s
  EXPECT_EQ(send_lag.quantile_ns(0.5), 0);
  Histogram ack_lag;
  run.times.read_ack(ack_lag);
  EXPECT_EQ(ack_lag.count(), 40u);
  EXPECT_EQ(ack_lag.max_ns(), 2 * kSecond);  // event 19 itself
}

TEST(Pipeline, UnlimitedRunsHaveNoLag) {
  TestRun run({40});
  run.add_sink();
  run.run();
  EXPECT_EQ(run.pipeline().counters().send_lag.count(), 0u);
  Histogram ack_lag;
  run.times.read_ack(ack_lag);
  EXPECT_EQ(ack_lag.count(), 0u);
}

TEST(Pipeline, ManyThreadsMayAckAtOnce) {
  // Poisson due times come from a cache inside the plan: each thread must get the right ones.
  TestRun run(std::vector<std::size_t>(30, 1000));
  run.rate(1000);
  run.pace.arrivals = Arrivals::poisson;
  for (int i = 0; i < 4; ++i) run.add_sink(true);
  EXPECT_TRUE(run.run().reached_end);
  Histogram ack_lag;
  run.times.read_ack(ack_lag);
  EXPECT_EQ(ack_lag.count(), 4 * 30'000u);
}

TEST(Pipeline, ALiveRunLastsAsLongAsItsSlicesAlsoWithoutEvents) {
  TestRun run({2, 0, 0, 1, 0}, 60 * kSecond);
  run.pace.live = true;
  const SinkScript& sink = run.add_sink();
  EXPECT_TRUE(run.run().reached_end);
  EXPECT_EQ(run.clock.now_ns() - FakeClock::kStart_ns, 300 * kSecond);
  EXPECT_EQ(sink.text(), run.scenario.text());
  EXPECT_EQ(run.pipeline().counters().send_lag.max_ns(), 0);
}

TEST(Pipeline, AnEndlessLiveRunWithoutEventsWaitsForItsStop) {
  TestRun run({}, kSecond);
  run.scenario.endless = true;
  run.pace.live = true;
  run.add_sink();
  run.clock.after_sleep = [&] {
    if (run.clock.now_ns() >= FakeClock::kStart_ns + 100 * kSecond) run.pipeline().stop();
  };
  EXPECT_FALSE(run.run().reached_end);
  // Each second of it took a second.
  EXPECT_GE(run.clock.sleeps(), 100u);
  EXPECT_LE(run.feed->read_until_ns(), FakeClock::kWallStart_ns + 102 * kSecond);
}

}  // namespace
}  // namespace racesim
