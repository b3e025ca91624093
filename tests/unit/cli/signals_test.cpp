// Goal: the first signal asks for an orderly end, the second for an end at once, the end of the drain time
// too. Method: signals sent to this process while a watch blocks them; a time limit of no length in place of
// waiting.
#include "cli/terminal/signals.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>

namespace racesim::cli {
namespace {

/// Counts calls and lets a test wait for them; a minute is the guard against hanging.
class Calls {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  bool reach(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::minutes(1), [&] { return count_ >= count; });
  }
  int count() {
    const std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

constexpr std::int64_t kHour_ns = 3'600'000'000'000;

TEST(SignalWatch, FirstSignalStopsSecondAbandons) {
  Calls stops, abandons;
  SignalWatch watch(kHour_ns);
  ASSERT_TRUE(watch.start());
  watch.attach({[&] { stops.add(); }, [&] { abandons.add(); }});
  EXPECT_EQ(watch.signal(), 0);
  ::kill(::getpid(), SIGTERM);
  EXPECT_TRUE(stops.reach(1));
  EXPECT_EQ(abandons.count(), 0);
  EXPECT_EQ(watch.signal(), SIGTERM);
  ::kill(::getpid(), SIGINT);
  EXPECT_TRUE(abandons.reach(1));
  watch.detach();
  EXPECT_EQ(stops.count(), 1);
  EXPECT_EQ(watch.signal(), SIGTERM);
  EXPECT_EQ(watch.count(), 2);
}

TEST(SignalWatch, AHangUpStopsAndQuitAbandons) {
  Calls stops, abandons;
  SignalWatch watch(kHour_ns);
  ASSERT_TRUE(watch.start());
  watch.attach({[&] { stops.add(); }, [&] { abandons.add(); }});
  ::kill(::getpid(), SIGHUP);
  EXPECT_TRUE(stops.reach(1));
  EXPECT_EQ(watch.signal(), SIGHUP);
  ::kill(::getpid(), SIGQUIT);
  EXPECT_TRUE(abandons.reach(1));
  watch.detach();
  EXPECT_EQ(watch.signal(), SIGQUIT);
  EXPECT_EQ(watch.count(), 2);
}

TEST(SignalWatch, QuitAsTheFirstOneInsists) {
  Calls stops, abandons;
  SignalWatch watch(kHour_ns);
  ASSERT_TRUE(watch.start());
  watch.attach({[&] { stops.add(); }, [&] { abandons.add(); }});
  ::kill(::getpid(), SIGQUIT);
  EXPECT_TRUE(abandons.reach(1));
  watch.detach();
  EXPECT_EQ(stops.count(), 1);
  EXPECT_EQ(watch.signal(), SIGQUIT);
  EXPECT_EQ(watch.count(), 2);
}

TEST(SignalWatch, WhatWasIgnoredStaysIgnored) {
  Calls stops;
  const auto before = ::signal(SIGHUP, SIG_IGN);
  {
    SignalWatch watch(kHour_ns);
    ASSERT_TRUE(watch.start());
    watch.attach({[&] { stops.add(); }, [] {}});
    ::kill(::getpid(), SIGHUP);
    ::kill(::getpid(), SIGTERM);  // the lower number would have been read before
    EXPECT_TRUE(stops.reach(1));
    EXPECT_EQ(watch.signal(), SIGTERM);
    EXPECT_EQ(watch.count(), 1);
  }
  ::signal(SIGHUP, before);
}

TEST(SignalWatch, TheEndOfTheDrainTimeAbandons) {
  Calls stops, abandons;
  SignalWatch watch(0);
  ASSERT_TRUE(watch.start());
  watch.attach({[&] { stops.add(); }, [&] { abandons.add(); }});
  ::kill(::getpid(), SIGINT);
  EXPECT_TRUE(stops.reach(1));
  EXPECT_TRUE(abandons.reach(1));
  watch.detach();
  EXPECT_EQ(watch.count(), 1);
}

TEST(SignalWatch, ASignalBeforeTheRunStopsItAtOnce) {
  Calls stops;
  SignalWatch watch(kHour_ns);
  ASSERT_TRUE(watch.start());
  ::kill(::getpid(), SIGINT);
  while (watch.count() == 0) std::this_thread::yield();
  watch.attach({[&] { stops.add(); }, [] {}});
  EXPECT_EQ(stops.count(), 1);
  watch.detach();
}

TEST(SignalWatch, GivesTheMaskBack) {
  sigset_t before, after;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  {
    SignalWatch watch(kHour_ns);
    ASSERT_TRUE(watch.start());
  }
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  EXPECT_EQ(sigismember(&before, SIGINT), sigismember(&after, SIGINT));
}

TEST(SignalWatchDeathTest, SecondSignalBeforeTheRunEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        SignalWatch watch(kHour_ns);
        static_cast<void>(watch.start());
        ::kill(::getpid(), SIGINT);
        while (watch.count() == 0) std::this_thread::yield();
        ::kill(::getpid(), SIGINT);
        for (;;) ::pause();
      },
      testing::ExitedWithCode(130), "");
}

}  // namespace
}  // namespace racesim::cli
