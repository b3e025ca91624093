// Goal: faults hit the share of events that was asked for, each kind whatever the others do, and damage that
// keeps an event one line. Method: many events with consecutive numbers, binomial bounds of five sigma.
#include "sim/faults/faults.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>

namespace racesim {
namespace {

constexpr std::uint64_t kEvents = 200'000;

std::uint64_t key_of(std::uint64_t event) {
  EventHead head;
  head.owner = static_cast<std::uint32_t>(event % 20);
  head.seq = event / 20;
  return Faults::event_key(topic_hash("telemetry"), head);
}

FaultRules parsed(const std::string& text) {
  FaultRules rules;
  const Done ok = parse_faults(text, rules);
  EXPECT_TRUE(ok) << text << ": " << (ok ? "" : ok.error().what);
  return rules;
}

template <class Holds>
void expect_share(double share, Holds holds) {
  double hits = 0;
  for (std::uint64_t i = 0; i < kEvents; ++i) hits += holds(key_of(i)) ? 1 : 0;
  const double mean = share * kEvents;
  EXPECT_NEAR(hits, mean, 5 * std::sqrt(mean * (1 - share)) + 0.5) << share;
}

TEST(Faults, TextsGiveRules) {
  const FaultRules rules = parsed("late=1%,duplicate=0.005,reorder=2%,drop=.1%,corrupt=0");
  EXPECT_DOUBLE_EQ(rules.late, 0.01);
  EXPECT_DOUBLE_EQ(rules.duplicate, 0.005);
  EXPECT_DOUBLE_EQ(rules.drop, 0.001);
  EXPECT_TRUE(rules.any());
  EXPECT_FALSE(parsed("late=0%").any());
  EXPECT_EQ(parsed(format_faults(rules)), rules);
  EXPECT_EQ(format_faults({}), "");
}

TEST(Faults, BadTextsAreRefusedAndChangeNothing) {
  for (const char* text : {"", "late", "late=", "late=2", "late=-1%", "late=101%", "late=nan", "late=1%%",
                           "late=x", "lost=1%", "late=1%,", ",late=1%", "late=1% ,drop=1%", "=1%"}) {
    FaultRules rules;
    const Done ok = parse_faults(text, rules);
    ASSERT_FALSE(ok) << text;
    EXPECT_EQ(ok.error().kind, ErrorKind::usage);
    EXPECT_NE(ok.error().hint, "");
    EXPECT_EQ(rules, FaultRules{}) << text;
  }
}

TEST(Faults, HitTheirShare) {
  for (const double share : {0.0, 0.0005, 0.01, 0.3, 1.0}) {
    const auto of = [&](double FaultRules::*kind) {
      FaultRules rules;
      rules.*kind = share;
      return Faults(rules, 7);
    };
    const Faults late = of(&FaultRules::late), drop = of(&FaultRules::drop),
                 twice = of(&FaultRules::duplicate);
    expect_share(share, [&](std::uint64_t key) { return late.decide(key).kinds == kFaultLate; });
    expect_share(share, [&](std::uint64_t key) { return drop.decide(key).drop; });
    expect_share(share, [&](std::uint64_t key) { return twice.decide(key).kinds == kFaultDuplicate; });
  }
}

TEST(Faults, KindsDoNotDependOnOneAnotherButWhereTheyExclude) {
  const Faults some(parsed("late=5%,corrupt=5%"), 7);
  const Faults all(parsed("late=5%,corrupt=5%,duplicate=20%,reorder=50%"), 7);
  for (std::uint64_t i = 0; i < 20'000; ++i)
    EXPECT_EQ(some.decide(key_of(i)).kinds, all.decide(key_of(i)).kinds & (kFaultLate | kFaultCorrupt));
  expect_share(0.05 * 0.05,
               [&](std::uint64_t key) { return some.decide(key).kinds == (kFaultLate | kFaultCorrupt); });
  expect_share(0.95 * 0.5, [&](std::uint64_t key) { return (all.decide(key).kinds & kFaultReorder) != 0; });
  const Faults dropping(parsed("late=100%,drop=50%"), 7);
  expect_share(0.5, [&](std::uint64_t key) { return dropping.decide(key).kinds == kFaultLate; });
}

TEST(Faults, SeedAndStreamChooseOthers) {
  const FaultRules rules = parsed("drop=50%");
  const Faults a(rules, 1), b(rules, 2);
  expect_share(0.5, [&](std::uint64_t key) { return a.decide(key).drop == b.decide(key).drop; });
  std::uint64_t same = 0;
  for (std::uint64_t i = 0; i < kEvents; ++i) {
    EventHead head;
    head.seq = i;
    same += a.decide(Faults::event_key(1, head)).drop == a.decide(Faults::event_key(2, head)).drop;
  }
  EXPECT_NEAR(static_cast<double>(same), kEvents / 2.0, 5 * std::sqrt(kEvents / 4.0));
}

TEST(Faults, DelaysAreWithinTheirBounds) {
  FaultRules rules = parsed("late=100%");
  rules.late_delay_ns = 1000;
  const Faults faults(rules, 3);
  std::int64_t least = INT64_MAX, most = 0;
  double sum = 0;
  for (std::uint64_t i = 0; i < kEvents; ++i) {
    const std::int64_t delay_ns = faults.delay_ns(key_of(i));
    least = std::min(least, delay_ns);
    most = std::max(most, delay_ns);
    sum += static_cast<double>(delay_ns);
    EXPECT_LE(faults.copy_delay_ns(key_of(i)), kCopyDelay_ns);
    const std::uint32_t places = faults.places_back(key_of(i));
    EXPECT_TRUE(places >= 1 && places <= 3);
  }
  EXPECT_EQ(least, 1);
  EXPECT_EQ(most, 1000);
  EXPECT_NEAR(sum / kEvents, 500.5, 5 * 289 / std::sqrt(kEvents));
}

TEST(Faults, DamageKeepsOneLineAndAlwaysShows) {
  const Faults faults(parsed("corrupt=100%"), 3);
  const std::string line = "{\"run\":\"a1b2c3d4\",\"seq\":108345,\"note\":\"JJJ***\"}";
  std::uint64_t shorter = 0;
  for (std::uint64_t i = 0; i < 50'000; ++i) {
    std::string damaged = line.substr(0, 1 + i % line.size());
    const std::string before = damaged;
    const std::size_t size = faults.corrupt(key_of(i), damaged.data(), damaged.size());
    ASSERT_TRUE(size >= 1 && size <= before.size());
    damaged.resize(size);
    shorter += size < before.size();
    EXPECT_NE(damaged, before);
    EXPECT_EQ(damaged.find('\n'), std::string::npos);
  }
  EXPECT_NEAR(static_cast<double>(shorter), 10'000, 800);
}

}  // namespace
}  // namespace racesim
