// Goal: the ring keeps the last events in order, forgets the oldest, never blocks, and counts what nobody
// took. Method: against a plain list of all events under random appends, collects and limits; two threads at
// once.
#include "serve/live/event_ring.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "unit/serve/live_world.h"

namespace racesim::serve {
namespace {

std::vector<std::string> lines_of(const std::vector<EventPlace>& places) {
  std::vector<std::string> lines;
  for (const EventPlace& place : places) lines.emplace_back(place.line());
  return lines;
}

TEST(EventRingTest, KeepsTheLastEventsOfAnyRandomHistory) {
  std::mt19937 random(5);
  for (int round = 0; round < 200; ++round) {
    const RingLimits limits{200 + random() % 2000, 100 + random() % 1000, 1 + random() % 200};
    EventRing ring(limits, nullptr);
    const auto forms = forms_of_run(1);
    std::vector<TestEvent> all;  // the reference
    for (int step = 0; step < 30; ++step) {
      std::vector<TestEvent> batch;
      for (std::size_t i = random() % 6; i > 0; --i)
        batch.push_back({std::to_string(all.size() + batch.size()) + std::string(random() % 40, '.'),
                         static_cast<std::uint32_t>(random() % 4), static_cast<std::uint32_t>(random() % 2),
                         random() % 5 == 0});
      ring.append(forms, batch_of(batch), 0, batch.size());
      all.insert(all.end(), batch.begin(), batch.end());
      if (random() % 3 == 0) ring.collect(step);
    }
    ring.collect(31);
    ASSERT_EQ(ring.end_id(), all.size() + 1) << "lost ones have ids too";
    // Every event in the ring is where its id says, and the ring ends with the last one.
    std::size_t kept = 0, bytes = 0;
    for (const auto& chunk : ring.chunks())
      for (std::size_t i = 0; i < chunk->size(); ++i, ++kept) {
        const TestEvent& event = all[chunk->first_id() + i - 1];
        ASSERT_EQ(chunk->line(i), event.line);
        ASSERT_EQ(chunk->entity(i), event.entity);
        ASSERT_EQ(chunk->stream(i), event.stream);
        ASSERT_EQ(chunk->is_corrupt(i), event.corrupt);
        bytes += event.line.size();
      }
    ASSERT_EQ(kept > 0, !all.empty());
    EXPECT_TRUE(bytes <= limits.bytes || ring.chunks().size() == 1);
    // Of those that were kept, what is asked for.
    std::vector<std::string> wanted;
    for (const auto& chunk : ring.chunks())
      for (std::size_t i = 0; i < chunk->size(); ++i)
        if (chunk->stream(i) == 0 && !chunk->is_corrupt(i)) wanted.emplace_back(chunk->line(i));
    const std::size_t most = random() % 10;
    if (wanted.size() > most) wanted.erase(wanted.begin(), wanted.end() - static_cast<std::ptrdiff_t>(most));
    EXPECT_EQ(lines_of(recent_events(ring, most)), wanted);
  }
}

TEST(EventRingTest, LatestOfEveryEntityOfTheNewestRun) {
  LiveWorld world;
  world.add({{"old", 9}});
  world.forms = forms_of_run(2);
  world.add({{"a1", 1}, {"b1", 2}, {"a2", 1}, {"lap", 1, 1}, {"bad", 2, 0, true}});
  world.deliver();
  EXPECT_EQ(lines_of(latest_events(world.ring(), 10)), (std::vector<std::string>{"a2", "b1"}));
  EXPECT_EQ(lines_of(latest_events(world.ring(), 1)), std::vector<std::string>{"a2"});
}

TEST(EventRingTest, FramesAreMadeOnceAndNotKeptForLong) {
  LiveWorld world;
  world.add({{"a"}});
  world.deliver();
  const auto chunk = world.ring().chunks().front();
  const http::SharedText frames = chunk->frames();
  EXPECT_EQ(frames, chunk->frames());
  world.clock.advance(4'000'000'000);
  world.add({{"b"}});
  world.deliver();
  EXPECT_EQ(frames.use_count(), 1) << "the ring has let go of them";
  EXPECT_EQ(*frames, *chunk->frames());
}

TEST(EventRingTest, WakesOnceForManyEvents) {
  LiveWorld world;
  world.add({{"a"}, {"b"}});
  world.add({{"c"}});
  EXPECT_EQ(world.later.size(), 1u);
  world.deliver();
  EXPECT_EQ(world.ring().end_id(), 4u);
  world.add({{"d"}});
  EXPECT_EQ(world.later.size(), 1u);
}

TEST(EventRingTest, ThreadsAppendAndCollectAtOnce) {
  EventRing ring({1 << 20, 1 << 20, 1000}, nullptr);
  std::atomic<bool> done{false};
  std::thread appender([&] {
    const auto forms = forms_of_run(1);
    for (int i = 0; i < 2000; ++i) ring.append(forms, batch_of({{std::to_string(i)}}), 0, 1);
    done = true;
  });
  std::uint64_t seen = 0;
  do {
    ring.collect(0);
    EXPECT_GE(ring.end_id(), seen);
    seen = ring.end_id();
  } while (!done);
  appender.join();
  ring.collect(0);
  EXPECT_EQ(ring.end_id() - 1, 2000u);
  EXPECT_EQ(ring.lost(), 0u);
  EXPECT_EQ(recent_events(ring, 1).front().line(), "1999");
}

}  // namespace
}  // namespace racesim::serve
