// Goal: the send stream is the made stream with exactly the faults that were decided, whatever the borders of
// slices, the threads and the place where reading begins. Method: scenarios of numbered events of several
// entities, cut into slices in different ways; accounts kept by hand.
#include "run/generate/feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "support/counting_scenario.h"
#include "support/fake_clock.h"

namespace racesim {
namespace {

using test::CountingEncoder;
using test::CountingScenario;
using test::kSecond;

constexpr std::uint64_t kSeed = 42;
constexpr std::uint32_t kEntities = 5;

/// Event k belongs to entity k mod 5. The numbers are long, so that every one can be cut or changed.
class EntityEncoder final : public Encoder {
 public:
  void encode(const RowBatch& rows, WireBatch& out) const override {
    for (EventHead head : rows.heads) {
      head.entity = head.owner = static_cast<std::uint32_t>(head.seq % kEntities);
      out.append(0, head, "event " + std::to_string(1'000'000 + head.seq) + "\n", 0);
    }
  }
};

struct SentEvent {
  std::string line;
  std::uint32_t entity;
  std::uint64_t seq;
  std::int64_t emit_ns;
  unsigned faults;
  bool operator==(const SentEvent& o) const {
    return line == o.line && seq == o.seq && emit_ns == o.emit_ns && faults == o.faults;
  }
};

/// 100 events a second for `seconds`, in slices of `per_slice` of them.
CountingScenario scenario_of(std::size_t seconds, std::size_t per_slice) {
  const std::size_t slices = seconds * 100 / per_slice;
  return {std::vector<std::size_t>(slices, per_slice), kSecond / 100 * static_cast<std::int64_t>(per_slice)};
}

struct Read {
  std::vector<SentEvent> sent;
  std::vector<std::uint64_t> dropped;
  std::vector<FeedPlace> places;
};

Read read(const CountingScenario& scenario, const FaultRules& rules, unsigned threads = 2,
          FeedPlace start = {}, EventLimit limit = {}) {
  const EntityEncoder encoder;
  Feed feed(scenario, {&encoder}, {0, 1}, 1, threads, rules, kSeed, start, limit);
  EXPECT_TRUE(feed.start());
  Read all;
  std::uint64_t ordinal = start.ordinal;
  while (true) {
    if (feed.has_slices()) all.places.push_back(feed.place());
    const SharedBatch batch = feed.next();
    if (!batch) break;
    EXPECT_EQ(batch->first_ordinal, ordinal);
    ordinal += batch->size();
    EXPECT_TRUE(batch->faults.empty() || batch->faults.size() == batch->size());
    for (std::size_t i = 0; i < batch->size(); ++i) {
      const EventHead& head = batch->heads[i];
      all.sent.push_back({std::string(batch->line(i)), head.entity, head.seq, head.emit_time_ns,
                          batch->faults.empty() ? 0u : batch->faults[i]});
    }
    for (const DroppedEvent& dropped : batch->dropped) all.dropped.push_back(dropped.head.seq);
  }
  EXPECT_TRUE(feed.at_end());
  return all;
}

FaultRules rules_of(const char* text, std::int64_t delay_ns = 3 * kSecond) {
  FaultRules rules;
  EXPECT_TRUE(parse_faults(text, rules));
  rules.late_delay_ns = delay_ns;
  return rules;
}
const char* const kAllFaults = "late=5%,duplicate=5%,reorder=10%,drop=3%,corrupt=3%";

TEST(Feed, WithoutFaultsIsTheGenerator) {
  const CountingScenario scenario = scenario_of(10, 50);
  const Read all = read(scenario, {});
  ASSERT_EQ(all.sent.size(), 1000u);
  for (std::uint64_t k = 0; k < 1000; ++k) {
    EXPECT_EQ(all.sent[k].seq, k);
    EXPECT_EQ(all.sent[k].faults, 0u);
  }
  EXPECT_THAT(all.dropped, testing::IsEmpty());
}

TEST(Feed, BordersOfSlicesAndThreadsDoNotMatter) {
  for (const char* text : {kAllFaults, "late=50%", "reorder=60%", "duplicate=50%", "drop=50%"}) {
    const Read whole = read(scenario_of(60, 6000), rules_of(text));
    for (const std::size_t per_slice : {1, 4, 100, 1000}) {
      const Read cut =
          read(scenario_of(60, per_slice), rules_of(text), 1 + static_cast<unsigned>(per_slice % 3));
      EXPECT_EQ(cut.sent, whole.sent) << text << " " << per_slice;
      EXPECT_EQ(cut.dropped, whole.dropped);
    }
  }
}

TEST(Feed, EveryEventIsSentOnceDroppedOrCopied) {
  const Read all = read(scenario_of(60, 100), rules_of(kAllFaults));
  std::map<std::uint64_t, int> originals, copies;
  for (const SentEvent& sent : all.sent) ++(sent.faults & kFaultDuplicate ? copies : originals)[sent.seq];
  for (const std::uint64_t seq : all.dropped) ++originals[seq];
  EXPECT_EQ(originals.size(), 6000u);
  for (const auto& [seq, times] : originals) EXPECT_EQ(times, 1) << seq;
  EXPECT_GT(copies.size(), 150u);
  for (const auto& [seq, times] : copies) EXPECT_EQ(times, 1) << seq;
  EXPECT_THAT(all.dropped.size(), testing::AllOf(testing::Gt(100u), testing::Lt(260u)));
}

TEST(Feed, TimesOfSendingAscendAndDelaysAreBounded) {
  const Read all = read(scenario_of(60, 100), rules_of(kAllFaults));
  EXPECT_TRUE(std::is_sorted(all.sent.begin(), all.sent.end(),
                             [](const SentEvent& a, const SentEvent& b) { return a.emit_ns < b.emit_ns; }));
  for (const SentEvent& sent : all.sent) {
    const std::int64_t late_ns = sent.emit_ns - static_cast<std::int64_t>(sent.seq) * kSecond / 100;
    const unsigned kinds = sent.faults & ~unsigned{kFaultCorrupt};
    if (kinds == 0) {
      EXPECT_EQ(late_ns, 0);
    } else {
      EXPECT_GE(late_ns, 0);
      EXPECT_LE(late_ns, 3 * kSecond + (kinds & kFaultDuplicate ? kCopyDelay_ns : 0));
    }
  }
}

TEST(Feed, ReorderedEventsGoBehindTheNextOfTheirEntity) {
  const Read all = read(scenario_of(60, 100), rules_of("reorder=10%"));
  std::map<std::uint32_t, std::vector<std::uint64_t>> before;  // undisturbed ones of each entity
  std::size_t reordered = 0;
  for (const SentEvent& sent : all.sent) {
    std::vector<std::uint64_t>& seqs = before[sent.entity];
    if (sent.faults == 0) {
      seqs.push_back(sent.seq);
      continue;
    }
    ++reordered;
    const auto later = std::count_if(seqs.begin(), seqs.end(), [&](std::uint64_t s) { return s > sent.seq; });
    // At the end of the stream there is nobody left to wait for.
    if (sent.seq < 5900) {
      EXPECT_TRUE(later >= 1 && later <= 3) << sent.seq << ": " << later;
    }
  }
  EXPECT_NEAR(static_cast<double>(reordered), 600, 120);
}

TEST(Feed, WhatNobodyFollowsWaitsNoLongerThanTheDelay) {
  // One event a second and entity: nobody comes within the delay.
  CountingScenario slow(std::vector<std::size_t>(100, 1), kSecond);
  const Read all = read(slow, rules_of("reorder=100%", kSecond / 2));
  ASSERT_EQ(all.sent.size(), 100u);
  for (const SentEvent& sent : all.sent)
    EXPECT_EQ(sent.emit_ns, static_cast<std::int64_t>(sent.seq) * kSecond + kSecond / 2);
}

TEST(Feed, ReadingBeginsAtAnyPlace) {
  for (const char* text : {"drop=0", "late=30%,duplicate=10%", kAllFaults}) {
    const CountingScenario scenario = scenario_of(30, 40);
    const Read whole = read(scenario, rules_of(text));
    for (std::size_t i = 0; i < whole.places.size(); i += 7) {
      const FeedPlace place = whole.places[i];
      const Read rest = read(scenario, rules_of(text), 2, place);
      const std::vector<SentEvent> expected(whole.sent.begin() + static_cast<std::ptrdiff_t>(place.ordinal),
                                            whole.sent.end());
      EXPECT_EQ(rest.sent, expected) << text << " from slice " << place.slice;
      const std::vector<FeedPlace> places(whole.places.begin() + static_cast<std::ptrdiff_t>(i),
                                          whole.places.end());
      EXPECT_EQ(rest.places, places) << "whoever reads on from there finds the same places";
    }
  }
}

/// The events that there are, whatever faults made of them.
std::vector<std::uint64_t> events_of(const Read& all) {
  std::vector<std::uint64_t> seqs = all.dropped;
  for (const SentEvent& sent : all.sent)
    if (!(sent.faults & kFaultDuplicate)) seqs.push_back(sent.seq);
  std::sort(seqs.begin(), seqs.end());
  return seqs;
}

TEST(Feed, TheFirstEventsAreTheSameWithEveryFault) {
  std::mt19937_64 random(7);
  const auto share = [&](std::uint64_t most) { return static_cast<double>(random() % most) / 100; };
  for (int round = 0; round < 60; ++round) {
    const std::uint64_t most = 1 + random() % 3500;  // of 3000 events that there are
    const FaultRules rules{share(60), share(60), share(60),
                           share(60), share(60), static_cast<std::int64_t>(1 + random() % 5) * kSecond};
    const CountingScenario scenario = scenario_of(30, std::size_t{1} << random() % 8);
    const Read clean = read(scenario, {}, 2, {}, {most, false});
    ASSERT_EQ(clean.sent.size(), std::min<std::uint64_t>(most, scenario.planned_events()));
    EXPECT_EQ(events_of(read(scenario, rules, 1 + static_cast<unsigned>(random() % 3), {}, {most, false})),
              events_of(clean))
        << "round " << round << ", " << most << " events";
  }
}

TEST(Feed, WhatFaultsMakeOfTheLastEventsIsSentWhole) {
  const CountingScenario scenario = scenario_of(30, 40);
  const Read all = read(scenario, rules_of("late=100%,duplicate=100%"), 2, {}, {500, false});
  EXPECT_EQ(all.sent.size(), 1000u) << "each late, each with its copy";
  const Read none = read(scenario, rules_of("drop=100%"), 2, {}, {500, false});
  EXPECT_THAT(none.sent, testing::IsEmpty());
  EXPECT_EQ(none.dropped.size(), 500u) << "none is replaced";
}

TEST(Feed, ReadingOfLimitedEventsBeginsAtAnyPlace) {
  const CountingScenario scenario = scenario_of(30, 40);
  const EventLimit limit{1234, false};
  const Read whole = read(scenario, rules_of(kAllFaults), 2, {}, limit);
  EXPECT_EQ(whole.places.size(), 31u);
  for (std::size_t i = 0; i < whole.places.size(); ++i) {
    const FeedPlace place = whole.places[i];
    const std::vector<SentEvent> expected(whole.sent.begin() + static_cast<std::ptrdiff_t>(place.ordinal),
                                          whole.sent.end());
    EXPECT_EQ(read(scenario, rules_of(kAllFaults), 2, place, limit).sent, expected) << place.slice;
  }
}

/// The rule of manifests and checkpoints that were written before there was the other one.
TEST(Feed, ALimitOfSendsCutsTheStreamAsItIsSent) {
  for (const std::size_t per_slice : {1, 40, 1000}) {
    const CountingScenario scenario = scenario_of(30, per_slice);
    const Read whole = read(scenario, rules_of(kAllFaults));
    const Read first = read(scenario, rules_of(kAllFaults), 2, {}, {777, true});
    EXPECT_EQ(first.sent, std::vector<SentEvent>(whole.sent.begin(), whole.sent.begin() + 777));
    const FeedPlace place = first.places[first.places.size() / 2];
    EXPECT_EQ(read(scenario, rules_of(kAllFaults), 2, place, {777, true}).sent,
              std::vector<SentEvent>(first.sent.begin() + static_cast<std::ptrdiff_t>(place.ordinal),
                                     first.sent.end()));
  }
}

TEST(Feed, StreamsStayWithTheirEvents) {
  // Two streams by turns, three events at a time.
  auto batch = std::make_shared<WireBatch>();
  auto tags = std::make_shared<std::vector<StreamTag>>();
  tags->push_back({"telemetry", "t", {}, {}});
  tags->push_back({"laps", "l", {}, {}});
  batch->streams = tags;
  for (std::uint32_t k = 0; k < 3000; ++k) {
    EventHead head;
    head.seq = k;
    head.emit_time_ns = k * kSecond / 100;
    batch->append(k / 3 % 2, head, std::to_string(k / 3 % 2) + " " + std::to_string(k) + "\n", 0);
  }
  Disturber disturber(rules_of("late=5%,duplicate=5%,reorder=5%,drop=5%"), kSeed);
  std::size_t seen = 0;
  for (const auto& out : {disturber.pass(batch), disturber.flush()}) {
    ASSERT_TRUE(out);
    for (std::size_t i = 0; i < out->size(); ++i, ++seen)
      EXPECT_EQ(out->line(i).front(), out->stream_of(i) == 0 ? '0' : '1') << out->line(i);
  }
  EXPECT_GT(seen, 2900u);
  EXPECT_EQ(disturber.flush(), nullptr);
}

}  // namespace
}  // namespace racesim
