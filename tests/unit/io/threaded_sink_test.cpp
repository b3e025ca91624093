// Goal: a threaded sink keeps the order, lets its caller run ahead by the bound and no further, passes errors
// on and ends when abandoned, and counts every event whatever happens. Method: an inner sink that the test
// holds at a gate, opens event by event, breaks or abandons.
#include "io/sinks/threaded.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support/wire_batches.h"

namespace racesim {
namespace {

using test::make_batch;
using test::tally;
using testing::ElementsAre;

/// What a test sees and decides of the inner sink; outlives it.
struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  std::uint64_t calls_allowed = 0;  // submit() blocks above it
  std::uint64_t calls_begun = 0;
  std::uint64_t fail_at_call = ~std::uint64_t{0};
  bool abandoned = false;
  bool closed = false;
  bool fail_close = false;
  std::string text;

  void allow(std::uint64_t calls) {
    const std::lock_guard lock(mutex);
    calls_allowed = calls;
    changed.notify_all();
  }
  void wait_for_calls(std::uint64_t calls) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return calls_begun >= calls; });
  }
};
constexpr std::uint64_t kAll = ~std::uint64_t{0};

class GatedSink final : public Sink {
 public:
  explicit GatedSink(Gate& gate) : gate_(gate) {}
  std::string name() const override { return "gated"; }
  Done submit(const SharedBatch& batch, std::size_t first, std::size_t last) override {
    std::unique_lock lock(gate_.mutex);
    const std::uint64_t call = ++gate_.calls_begun;
    gate_.changed.notify_all();
    counters_.sent += last - first;
    gate_.changed.wait(lock, [&] { return gate_.abandoned || call <= gate_.calls_allowed; });
    if (gate_.abandoned || call >= gate_.fail_at_call) {
      counters_.failed += last - first;
      if (gate_.abandoned) return {};
      return fail(ErrorKind::runtime, "inner sink: broken");
    }
    counters_.acked += last - first;
    gate_.text += batch->lines(first, last);
    return {};
  }
  Done close() override {
    const std::lock_guard lock(gate_.mutex);
    gate_.closed = true;
    if (gate_.fail_close) return fail(ErrorKind::runtime, "inner sink: not closed");
    return {};
  }
  void abandon() override {
    const std::lock_guard lock(gate_.mutex);
    gate_.abandoned = true;
    gate_.changed.notify_all();
  }

 private:
  Gate& gate_;
};

struct SendCounter final : AckListener {
  void on_sent(const WireBatch&, std::size_t first, std::size_t last) override { events += last - first; }
  void on_acked(const WireBatch&, std::size_t, std::size_t) override {}
  std::atomic<std::uint64_t> events{0};
};

class ThreadedSinkTest : public testing::Test {
 protected:
  ThreadedSink make(QueueLimits limits = {}) {
    return ThreadedSink(std::make_unique<GatedSink>(gate_), sends_, limits);
  }
  Gate gate_;
  SendCounter sends_;
};

TEST_F(ThreadedSinkTest, KeepsOrderAndContent) {
  gate_.allow(kAll);
  ThreadedSink sink = make({100, 2});
  std::string expected;
  for (std::uint64_t i = 0; i < 500; ++i) {
    const SharedBatch batch = test::make_bulk_batch(7, 30, i * 7);
    expected += batch->text.view();
    ASSERT_TRUE(sink.submit(batch, 0, 3));
    ASSERT_TRUE(sink.submit(batch, 3, 7));
  }
  ASSERT_TRUE(sink.close());
  ASSERT_TRUE(sink.close());
  EXPECT_TRUE(gate_.closed);
  EXPECT_EQ(gate_.text, expected);
  EXPECT_THAT(tally(sink), ElementsAre(3500, 3500, 0));
  EXPECT_EQ(sink.name(), "gated");
}

TEST_F(ThreadedSinkTest, RunsAheadByTheBoundAndNoFurther) {
  constexpr std::size_t kBatches = 3;
  ThreadedSink sink = make({1000, kBatches});
  std::atomic<std::uint64_t> returned{0};
  std::thread producer([&] {
    for (std::uint64_t i = 0; i < 50; ++i) {
      ASSERT_TRUE(sink.submit(make_batch({"x"}, i), 0, 1));
      ++returned;
    }
  });
  for (std::uint64_t call = 1; call <= 50; ++call) {
    gate_.wait_for_calls(call);
    // One submission is with the inner sink, kBatches are queued, all others have returned long ago.
    EXPECT_LE(returned, call + kBatches);
    gate_.allow(call);
  }
  producer.join();
  EXPECT_TRUE(sink.close());
  EXPECT_THAT(tally(sink), ElementsAre(50, 50, 0));
}

TEST_F(ThreadedSinkTest, TellsWhatWaitsInItsQueue) {
  ThreadedSink sink = make();
  EXPECT_EQ(sink.unsent(), 0u);
  const SharedBatch batch = test::make_bulk_batch(10, 30, 0);
  ASSERT_TRUE(sink.submit(batch, 0, 3));
  gate_.wait_for_calls(1);  // the inner sink has it, and blocks
  ASSERT_TRUE(sink.submit(batch, 3, 10));
  EXPECT_EQ(sink.unsent(), 7u);
  EXPECT_EQ(sends_.events, 3u);
  gate_.allow(kAll);
  ASSERT_TRUE(sink.close());
  EXPECT_EQ(sink.unsent(), 0u);
  EXPECT_EQ(sends_.events, 10u);
}

TEST_F(ThreadedSinkTest, BoundsEventsButTakesALongSubmissionAlone) {
  ThreadedSink sink = make({5, 100});
  const SharedBatch batch = make_batch(std::vector<std::string>(20, "x"));
  std::atomic<std::uint64_t> returned{0};
  std::thread producer([&] {
    for (int i = 0; i < 4; ++i) {
      ASSERT_TRUE(sink.submit(batch, 0, 20));
      ++returned;
    }
  });
  for (std::uint64_t call = 1; call <= 4; ++call) {
    gate_.wait_for_calls(call);
    EXPECT_LE(returned, call + 1);
    gate_.allow(call);
  }
  producer.join();
  EXPECT_TRUE(sink.close());
  EXPECT_EQ(sink.counters().acked, 80u);
}

TEST_F(ThreadedSinkTest, NeighboursBecomeOnePiece) {
  ThreadedSink sink = make();
  const SharedBatch batch = make_batch(std::vector<std::string>(20, "x"));
  ASSERT_TRUE(sink.submit(batch, 0, 1));
  gate_.wait_for_calls(1);
  for (std::size_t i = 1; i < 20; ++i) ASSERT_TRUE(sink.submit(batch, i, i + 1));
  gate_.allow(kAll);
  ASSERT_TRUE(sink.close());
  EXPECT_EQ(gate_.calls_begun, 2u);
  EXPECT_EQ(sink.counters().acked, 20u);
}

TEST_F(ThreadedSinkTest, AnErrorSurfacesAndEverythingIsCounted) {
  gate_.fail_at_call = 2;
  gate_.allow(kAll);
  ThreadedSink sink = make({1, 1});
  std::uint64_t submitted = 0;
  Done done;
  while (done) done = sink.submit(make_batch({"x"}, submitted++), 0, 1);
  EXPECT_EQ(done.error().what, "inner sink: broken");
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(sink.submit(make_batch({"x"}, submitted++), 0, 1));
  const Done closed = sink.close();
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().what, "inner sink: broken");
  EXPECT_TRUE(gate_.closed);
  EXPECT_THAT(tally(sink), ElementsAre(submitted, 1, submitted - 1));
}

TEST_F(ThreadedSinkTest, AnErrorOfCloseIsReturned) {
  gate_.fail_close = true;
  ThreadedSink sink = make();
  const Done closed = sink.close();
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().what, "inner sink: not closed");
}

TEST_F(ThreadedSinkTest, AbandonEndsABlockedSubmit) {
  ThreadedSink sink = make({1, 1});
  std::atomic<std::uint64_t> returned{0};
  std::thread producer([&] {
    for (std::uint64_t i = 0; i < 10; ++i) {
      ASSERT_TRUE(sink.submit(make_batch({"x"}, i), 0, 1));
      ++returned;
      returned.notify_all();
    }
  });
  gate_.wait_for_calls(1);
  // One is with the inner sink, one is queued: the third blocks.
  for (std::uint64_t seen = returned; seen < 2; seen = returned) returned.wait(seen);
  sink.abandon();
  producer.join();
  EXPECT_TRUE(sink.close());
  EXPECT_THAT(tally(sink), ElementsAre(10, 0, 10));
}

TEST_F(ThreadedSinkTest, DestructionWithoutCloseDoesNotHang) {
  {
    ThreadedSink sink = make();
    ASSERT_TRUE(sink.submit(make_batch({"x"}), 0, 1));
    gate_.wait_for_calls(1);
  }
  EXPECT_TRUE(gate_.abandoned);
  EXPECT_FALSE(gate_.closed);
}

}  // namespace
}  // namespace racesim
