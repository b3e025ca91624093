// Goal: a manifest says all that makes a run, and what is no manifest is refused. Method: random
// configurations are written and read again; texts are cut and changed.
#include "run/record/manifest.h"
#include "run/replay/parse_replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>

namespace racesim {
namespace {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t number(std::uint64_t most = UINT64_MAX) {
    return std::uniform_int_distribution<std::uint64_t>(0, most)(engine_);
  }
  bool coin() { return number(1) == 1; }
  double share() { return static_cast<double>(number(1'000'000)) / 3e6; }
  std::string text() {
    const std::vector<std::string> pieces{"a", "\"", "\\", "\n", "é", "{", " ", "zipf:s=1.0", "\t", "/"};
    std::string text;
    for (std::uint64_t i = number(8); i > 0; --i) text += pieces[number(pieces.size() - 1)];
    return text;
  }

 private:
  std::mt19937_64 engine_;
};

ManifestTotals random_totals(Random& random) {
  ManifestTotals totals;
  totals.complete = random.coin();
  std::uint64_t at = 0;
  for (std::uint64_t i = random.number(5); i > 0; --i) {
    const std::uint64_t first = at + 1 + random.number(1000);
    at = first + 1 + random.number(1000);
    totals.shed.emplace_back(first, at);
  }
  totals.released = at + random.number(1'000'000);
  totals.faults = {random.number(9), random.number(9), random.number(9), random.number(9), random.number(9)};
  totals.streams = {{"telemetry", random.number()}, {"laps", random.number()}};
  totals.sinks = {{"file:" + random.text(), 1, 2, 3, 4, 5, random.number()}};
  if (random.coin()) totals.digest.emplace().sum = {random.number(), random.number()};
  return totals;
}

OptionValue random_value(Random& random, const ContentOption& option) {
  switch (option.kind) {
    case ValueKind::whole:
      return option.range.low + random.number(option.range.high - option.range.low);
    case ValueKind::thousandths:
      return Thousandths{option.range.low + random.number(option.range.high - option.range.low)};
    case ValueKind::choice:
      return std::string(option.choices[random.number(option.choices.size() - 1)]);
    case ValueKind::list: {
      std::vector<std::string> list;
      for (const std::string_view choice : option.choices)
        if (list.empty() || random.coin()) list.emplace_back(choice);
      return list;
    }
    case ValueKind::document:
      if (random.coin()) return Document{"tracks/" + random.text() + ".csv", random.text() + "\n{"};
      break;
    case ValueKind::text:
      break;
  }
  return parse_value(option, option.fallback).value();
}

ContentOptions random_content(Random& random) {
  ContentOptions content(*scenarios()[random.number(scenarios().size() - 1)]);
  content.live = random.coin();
  content.seed = random.number();
  content.start_ns = static_cast<std::int64_t>(random.number(4'000'000'000'000)) * 1'000'000;
  if (random.coin())
    content.end_ns = content.start_ns + static_cast<std::int64_t>(random.number(1'000'000)) * 1'000'000;
  content.limit = {random.number(), random.coin()};
  if (content.volume) content.volume = Volume{random.number(), random.coin()};
  for (const ContentOption& option : content.scenario->options)
    content.values.set(option.name, random_value(random, option),
                       random.coin() ? GivenBy::elsewhere : GivenBy::nobody);
  content.master_data_dir = random.text();
  content.master_data_named = random.coin();
  return content;
}

Manifest random_manifest(std::uint64_t seed) {
  Random random(seed);
  Manifest m;
  m.program = "racesim 0.1.0";
  m.commit = "c0ffee";
  m.run = "00c0ffee";
  m.content = random_content(random);
  m.scenario_version = m.content.scenario->version;
  m.master_hash = random.coin() ? std::string(32, 'a') : "";
  m.event_format = random.coin() ? "json" : "csv";
  m.shard.count = static_cast<std::uint32_t>(1 + random.number(100));
  m.shard.index = static_cast<std::uint32_t>(1 + random.number(m.shard.count - 1));
  m.faults = {random.share(), random.share(), random.share(),
              random.share(), random.share(), static_cast<std::int64_t>(random.number(1'000'000'000'000))};
  if (random.coin()) m.totals = random_totals(random);
  return m;
}

TEST(Manifest, SaysAllOfARun) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Manifest made = random_manifest(seed);
    const std::string text = format_manifest(made);
    const Result<Manifest> read = parse_manifest(text, "m.json");
    ASSERT_TRUE(read) << read.error().what << ", seed " << seed;
    EXPECT_EQ(format_manifest(*read), text) << "seed " << seed;
    EXPECT_EQ(read->faults, made.faults) << "seed " << seed;
    EXPECT_EQ(read->content.seed, made.content.seed);
    EXPECT_EQ(read->content.start_ns, made.content.start_ns);
    EXPECT_EQ(read->content.end_ns, made.content.end_ns);
    EXPECT_THAT(differences(*read, made), testing::IsEmpty()) << "seed " << seed;
    for (const ContentOption& option : made.content.scenario->options)
      EXPECT_EQ(read->content.values.given(option.name), made.content.values.given(option.name));
    EXPECT_EQ(read->totals.has_value(), made.totals.has_value());
    if (!made.totals) continue;
    EXPECT_EQ(read->totals->digest, made.totals->digest);
    EXPECT_EQ(read->totals->shed, made.totals->shed);
  }
}

TEST(Manifest, RefusesAPartOfOne) {
  const std::string text = format_manifest(random_manifest(1));
  for (std::size_t size = 0; size + 2 < text.size(); ++size) {
    const Result<Manifest> read = parse_manifest(text.substr(0, size), "m.json");
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().kind, ErrorKind::runtime);
    EXPECT_EQ(read.error().what.rfind("m.json: ", 0), 0u);
  }
}

TEST(Manifest, RefusesOtherVersions) {
  const nlohmann::json good = nlohmann::json::parse(format_manifest(random_manifest(1)));
  for (const auto& [name, value] : {std::pair<const char*, nlohmann::json>{"format", 4},
                                    {"scenario", "race@99"},
                                    {"scenario", "rally@1"}}) {
    nlohmann::json changed = good;
    changed[name] = value;
    const Result<Manifest> read = parse_manifest(changed.dump(), "m.json");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind, ErrorKind::usage) << name;
    EXPECT_NE(read.error().hint.find("racesim 0.1.0"), std::string::npos);
  }
}

/// What is of the wrong type or missing anywhere is an error, never a crash; but earlier manifests of this
/// format lack two members.
TEST(Manifest, RefusesWrongTypes) {
  const auto came_later = [](const std::string& name) {
    return name == "most_events_of" || name == "unordered";
  };
  const nlohmann::json good = nlohmann::json::parse(format_manifest(random_manifest(3)));
  for (const auto& [name, value] : good.items()) {
    nlohmann::json changed = good;
    changed[name] = nlohmann::json::array({name});
    EXPECT_FALSE(parse_manifest(changed.dump(), "m.json")) << name;
    changed.erase(name);
    EXPECT_EQ(parse_manifest(changed.dump(), "m.json").has_value(), came_later(name)) << name;
  }
  for (const std::int64_t delay_ns : {INT64_MAX, std::int64_t{-1}}) {
    nlohmann::json changed = good;
    changed["fault_rules"]["late_delay_ns"] = delay_ns;
    EXPECT_FALSE(parse_manifest(changed.dump(), "m.json")) << delay_ns;
  }
}

/// A replay's says what was read and what was made of it, and nothing of a scenario.
TEST(Manifest, SaysAllOfAReplay) {
  Manifest made;
  made.program = "racesim 0.1.0";
  made.run = "0123abcd";
  made.content.seed = 7;
  made.event_format = "csv";
  made.faults.late = 0.25;
  ReplayConfig& replay = made.replay.emplace();
  replay.source_texts = {"out/*.csv", "kafka:f1-laps"};
  replay.source_brokers = "there:9092";
  replay.time_field = "ts";
  replay.time_unit = TimeUnit::us;
  replay.from = {SeekPoint::Kind::lap, 12};
  replay.to = {SeekPoint::Kind::after, 90'000'000'001};
  replay.filters = {parse_filter("car=63,44").value(), parse_filter("speed_kmh=250..").value()};
  replay.stamps = Stamps::scale;
  replay.start_ns = 1'783'260'000'001'000'000;
  replay.rounds = 3;
  replay.loops = true;
  made.replay_speed = 0.001;
  made.replay->found = FoundRecording{{{"out/a.csv", 1000, -1, -1, LaneReading{3, 90, {1, UINT64_MAX}, true}},
                                       {"f1-laps [1]", std::nullopt, 5, 17, std::nullopt}},
                                      {"f1-laps", "x"},
                                      false};
  const std::string text = format_manifest(made);
  const Result<Manifest> read = parse_manifest(text, "m.json");
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(format_manifest(*read), text);
  ASSERT_TRUE(read->replay && read->replay->found);
  EXPECT_EQ(read->replay->from, replay.from);
  EXPECT_EQ(read->replay->filters.at(1).any_of.at(0).lo, 250);
  EXPECT_EQ(read->replay->start_ns, replay.start_ns);
  EXPECT_EQ(read->replay->found->lanes.at(0).read, replay.found->lanes.at(0).read);
  EXPECT_EQ(read->replay->found->lanes.at(1).end_offset, 17);
  const nlohmann::json good = nlohmann::json::parse(text);
  EXPECT_EQ(good["format"], 3);
  EXPECT_FALSE(good.contains("scenario"));
  for (const auto& [name, value] : good["replay"].items()) {
    nlohmann::json changed = good;
    changed["replay"].erase(name);
    EXPECT_FALSE(parse_manifest(changed.dump(), "m.json")) << name;
  }
}

TEST(LineDigest, DependsOnLinesAndNotOnTheirOrder) {
  LineDigest a, b, c;
  a.add("one\n");
  a.add("two\n");
  b.add("two\n");
  b.add("one\n");
  c.add("one\n");
  c.add("one\n");
  EXPECT_EQ(a, b);
  EXPECT_NE(a.text(), c.text());
  EXPECT_EQ(a.text().size(), 32u);
}

}  // namespace
}  // namespace racesim
