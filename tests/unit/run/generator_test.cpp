// Goal: batches come in order and whole whatever the threads do, workers stay within their window, a cancel
// at any moment ends everything, and memory is used again. Method: a scenario of numbered events whose slices
// a test holds back, counts and cancels in the middle.
#include "run/generate/generator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/random.h"
#include "support/counting_scenario.h"

namespace racesim {
namespace {

using test::CountingEncoder;
using test::CountingScenario;

constexpr std::uint32_t kRun = 0xabcd;

/// Sizes with empty slices among them.
std::vector<std::size_t> mixed_sizes(std::size_t slices) {
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < slices; ++i) sizes.push_back(i % 3 == 1 ? 0 : i * 37 % 101);
  return sizes;
}

/// Holds workers back until the test lets them go.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void wait_for(std::size_t workers) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return arrived_ >= workers; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t arrived_ = 0;
  bool open_ = false;
};

std::string read_all(Generator& generator) {
  std::string text;
  std::uint64_t events = 0;
  while (const SharedBatch batch = generator.next()) {
    EXPECT_EQ(batch->run, kRun);
    EXPECT_EQ(batch->heads.size(), batch->size());
    for (std::size_t i = 0; i < batch->size(); ++i) EXPECT_EQ(batch->heads[i].seq, events + i);
    events += batch->size();
    text += batch->text.view();
  }
  return text;
}

TEST(Generator, AnyNumberOfThreadsGivesTheSameBytes) {
  const CountingEncoder encoder;
  const CountingScenario scenario(mixed_sizes(60), 1000);
  for (unsigned threads = 1; threads <= 8; ++threads) {
    Generator generator(scenario, {&encoder}, {0, 1}, kRun, threads);
    generator.start();
    EXPECT_EQ(read_all(generator), scenario.text()) << threads;
    EXPECT_TRUE(generator.at_end());
    EXPECT_EQ(generator.read_until_ns(), 60 * 1000);
    EXPECT_EQ(generator.next(), nullptr);
  }
}

TEST(Generator, SlicesThatFinishOutOfOrderAreHandedOnInOrder) {
  const CountingEncoder encoder;
  CountingScenario scenario(mixed_sizes(4), 1000);
  Gate first_slice;
  scenario.before_fill = [&](std::uint64_t index) {
    if (index == 0) first_slice.pass();
    if (index == 3) first_slice.open();  // the others are done before the first
  };
  Generator generator(scenario, {&encoder}, {0, 1}, kRun, 2);
  generator.start();
  EXPECT_EQ(read_all(generator), scenario.text());
}

TEST(Generator, TellsWhereTheReaderIs) {
  const CountingEncoder encoder;
  const CountingScenario scenario({5, 0, 5}, 1000, 7000);
  Generator generator(scenario, {&encoder}, {0, 1}, kRun, 2);
  generator.start();
  EXPECT_FALSE(generator.at_end());
  EXPECT_EQ(generator.next()->size(), 5u);
  EXPECT_EQ(generator.read_until_ns(), 8000);
  EXPECT_EQ(generator.next()->size(), 0u);
  EXPECT_EQ(generator.read_until_ns(), 9000);
  EXPECT_FALSE(generator.at_end());
  EXPECT_EQ(generator.next()->size(), 5u);
  EXPECT_TRUE(generator.at_end());
}

TEST(Generator, WorkersStayWithinTheirWindow) {
  constexpr unsigned kThreads = 3;
  constexpr std::uint64_t kWindow = kThreads + Generator::kSlicesAhead;
  const CountingEncoder encoder;
  CountingScenario scenario(std::vector<std::size_t>(50, 3), 1000);
  std::atomic<std::uint64_t> reads{0};
  std::mutex mutex;
  std::condition_variable changed;
  std::uint64_t filled = 0;
  scenario.before_fill = [&](std::uint64_t index) {
    EXPECT_LT(index, reads.load() + kWindow);
    const std::lock_guard lock(mutex);
    ++filled;
    changed.notify_all();
  };
  Generator generator(scenario, {&encoder}, {0, 1}, kRun, kThreads);
  generator.start();
  // Before each read the reader waits until the window is full but for what a waiting worker leaves free.
  for (std::uint64_t read = 0; read < 50; ++read) {
    {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] {
        return filled >=
               std::min<std::uint64_t>(50, read + kWindow - (read == 0 ? 0 : Generator::kBurst - 1));
      });
    }
    ++reads;
    ASSERT_NE(generator.next(), nullptr);
  }
  EXPECT_EQ(generator.next(), nullptr);
}

TEST(Generator, CancelWakesAReaderThatWaits) {
  const CountingEncoder encoder;
  CountingScenario scenario(mixed_sizes(10), 1000);
  Gate gate;
  scenario.before_fill = [&](std::uint64_t) { gate.pass(); };
  Generator generator(scenario, {&encoder}, {0, 1}, kRun, 2);
  generator.start();
  std::thread canceller([&] {
    gate.wait_for(2);
    generator.cancel();
  });
  EXPECT_EQ(generator.next(), nullptr);
  EXPECT_FALSE(generator.at_end());
  canceller.join();
  gate.open();
}

TEST(Generator, CancelAtAnyMomentEndsEverything) {
  const CountingEncoder encoder;
  const StreamKey key = stream_key(1, "test.cancel", 0);
  for (std::uint64_t round = 0; round < 200; ++round) {
    const auto threads = static_cast<unsigned>(1 + draw(key, 2 * round) % 8);
    const std::uint64_t cancel_at = draw(key, 2 * round + 1) % 40;
    CountingScenario scenario(std::vector<std::size_t>(40, 5), 1000);
    std::atomic<bool> reached{false};
    scenario.before_fill = [&](std::uint64_t index) {
      if (index != cancel_at) return;
      reached = true;
      reached.notify_all();
    };
    Generator generator(scenario, {&encoder}, {0, 1}, kRun, threads);
    std::thread canceller([&] {
      reached.wait(false);
      generator.cancel();
    });
    generator.start();
    std::string text;
    while (const SharedBatch batch = generator.next()) text += batch->text.view();
    EXPECT_EQ(text, scenario.text().substr(0, text.size()));
    EXPECT_EQ(generator.at_end(), text.size() == scenario.text().size());
    canceller.join();
    EXPECT_EQ(generator.next(), nullptr);
  }
}

TEST(Generator, EndsWithoutAReaderAndWithoutAStart) {
  const CountingEncoder encoder;
  const CountingScenario scenario(mixed_sizes(30), 1000);
  { const Generator never_started(scenario, {&encoder}, {0, 1}, kRun, 4); }
  {
    Generator never_read(scenario, {&encoder}, {0, 1}, kRun, 4);
    never_read.start();
  }
  Generator cancelled(scenario, {&encoder}, {0, 1}, kRun, 4);
  cancelled.cancel();
  cancelled.start();
  EXPECT_EQ(cancelled.next(), nullptr);
}

TEST(Generator, ARunWithoutSlicesOrEventsEnds) {
  const CountingEncoder encoder;
  for (const std::size_t slices : {0u, 20u}) {
    const CountingScenario scenario(std::vector<std::size_t>(slices, 0), 1000);
    Generator generator(scenario, {&encoder}, {0, 1}, kRun, 3);
    generator.start();
    EXPECT_EQ(read_all(generator), "");
    EXPECT_TRUE(generator.at_end());
  }
}

TEST(Generator, UsesTheMemoryOfBatchesAgain) {
  constexpr unsigned kThreads = 3;
  const CountingEncoder encoder;
  const CountingScenario scenario(std::vector<std::size_t>(400, 20), 1000);
  Generator generator(scenario, {&encoder}, {0, 1}, kRun, kThreads);
  generator.start();
  std::set<const WireBatch*> seen;
  SharedBatch batch;
  while ((batch = generator.next())) seen.insert(batch.get());
  // A full window, the one that was read, and the one that replaces it.
  EXPECT_LE(seen.size(), kThreads + Generator::kSlicesAhead + 2);
}

TEST(Generator, BatchesOutliveIt) {
  const CountingEncoder encoder;
  const CountingScenario scenario({3, 4}, 1000);
  SharedBatch kept;
  {
    Generator generator(scenario, {&encoder}, {0, 1}, kRun, 2);
    generator.start();
    kept = generator.next();
  }
  EXPECT_EQ(kept->text.view(), "0\n1\n2\n");
}

TEST(BatchPool, GivesBackWhatItGotEmptyButLarge) {
  const auto pool = std::make_shared<BatchPool>();
  const WireBatch* first = nullptr;
  std::size_t capacity = 0;
  {
    const auto batch = pool->take();
    first = batch.get();
    batch->text.reserve_more(10'000);
    batch->text.set_size(10'000);
    batch->ends.push_back(10'000);
    capacity = batch->text.capacity();
  }
  const auto again = pool->take();
  EXPECT_EQ(again.get(), first);
  EXPECT_EQ(again->size(), 0u);
  EXPECT_EQ(again->text.size(), 0u);
  EXPECT_EQ(again->text.capacity(), capacity);
  EXPECT_NE(pool->take().get(), first);
}

}  // namespace
}  // namespace racesim
