// Goal: what is sent of a recording, when, and as what bytes. Method: random recordings in random files,
// replayed with random options through the real feed, pacer and pipeline on a clock that only sleeping moves,
// against a plain list of records that is sorted, cut and filtered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/time_text.h"
#include "io/dead_letter.h"
#include "model/event_id.h"
#include "run/generate/pipeline.h"
#include "run/replay/recording.h"
#include "run/run_id.h"
#include "support/collecting_sink.h"
#include "support/fake_clock.h"
#include "support/scratch_dir.h"

namespace racesim {
namespace {

using test::CollectingSink;
using test::FakeClock;
using test::kMs;
using test::kSecond;
using test::SinkScript;
using testing::HasSubstr;

constexpr std::int64_t kRecorded_ns = 1'700'000'000 * kSecond;

void write_lines(const std::string& path, const std::vector<std::string>& lines) {
  std::ofstream out(path, std::ios::binary);
  for (const std::string& line : lines) out << line << '\n';
}

RunConfig config_for(const std::vector<std::string>& paths, double speed = 0) {
  RunConfig config;
  config.pace.live = speed > 0;
  config.pace.speed = speed > 0 ? speed : 1;
  config.delivery.sinks.push_back({"null", ""});
  ReplayConfig replay;
  for (const std::string& path : paths) {
    SourceRequest request;
    request.kind = "file";
    request.targets = {path};
    replay.sources.push_back(request);
    replay.source_texts.push_back(path);
  }
  config.replay = std::move(replay);
  return config;
}

/// A replay into a sink that notes when events come.
class TestReplay {
 public:
  TestReplay(RunConfig given, const std::string& folder)
      : config(std::move(given)), dead_letter(folder + "/dead.ndjson"), times(clock) {}

  Pipeline::End run() {
    auto opened = Recording::open(config);
    EXPECT_TRUE(opened) << opened.error().what;
    if (!opened) return {};
    recording = std::move(*opened);
    sink_times.emplace(times);
    script.on_submit = [this](const WireBatch&, std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) sent_at_ns.push_back(clock.now_ns());
    };
    sinks.push_back(std::make_unique<CollectingSink>(script, &*sink_times));
    pacer.emplace(Pacer::make(config.pace, 42, clock).value());
    feed = recording->feed(dead_letter);
    pipeline = std::make_unique<Pipeline>(*feed, *pacer, times, sinks, config.pace, clock, std::nullopt,
                                          std::nullopt);
    return pipeline->run();
  }

  std::vector<std::string> lines() const {
    std::vector<std::string> all;
    const std::string text = script.text();
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      all.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return all;
  }

  RunConfig config;
  FakeClock clock;
  DeadLetter dead_letter;
  std::unique_ptr<Recording> recording;
  SinkScript script;
  DeliveryTimes times;
  std::optional<SinkTimes> sink_times;
  std::vector<std::unique_ptr<Sink>> sinks;
  std::optional<Pacer> pacer;
  std::unique_ptr<EventFeed> feed;
  std::unique_ptr<Pipeline> pipeline;
  std::vector<std::int64_t> sent_at_ns;
};

struct Recorded {
  std::int64_t time_ns = 0;
  std::size_t file = 0, place = 0;
  int key = 0, lap = 0;
  std::string line;
};

std::string line_of(std::int64_t time_ns, int key, int lap) {
  return R"({"n":{"at":")" + format_datetime(time_ns) + R"("},"key":"k)" + std::to_string(key) +
         R"(","lap":)" + std::to_string(lap) + "}";
}

/// In the order of their times; those of a file never go back.
std::vector<Recorded> random_recording(std::mt19937_64& random, std::size_t files) {
  std::vector<Recorded> all;
  for (std::size_t file = 0; file < files; ++file) {
    std::int64_t now_ns = kRecorded_ns + static_cast<std::int64_t>(random() % 1000) * kMs;
    for (std::size_t place = 0, count = random() % 300; place < count; ++place) {
      now_ns += static_cast<std::int64_t>(random() % 200) * kMs;
      Recorded one{now_ns, file, place, static_cast<int>(random() % 5), static_cast<int>(place / 50), {}};
      one.line = line_of(one.time_ns, one.key, one.lap);
      all.push_back(std::move(one));
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const Recorded& a, const Recorded& b) {
    return std::tie(a.time_ns, a.file) < std::tie(b.time_ns, b.file);
  });
  return all;
}

std::vector<std::string> write_recording(const std::vector<Recorded>& all, std::size_t files,
                                         const test::ScratchDir& dir) {
  std::vector<std::string> paths;
  for (std::size_t file = 0; file < files; ++file) {
    std::vector<std::string> lines;
    for (const Recorded& one : all)
      if (one.file == file) lines.push_back(one.line);
    paths.push_back(dir / (std::to_string(file) + ".ndjson"));
    write_lines(paths.back(), lines);
  }
  return paths;
}

SeekPoint random_place(std::mt19937_64& random) {
  switch (random() % 5) {
    case 0:
      return {SeekPoint::Kind::time, kRecorded_ns + static_cast<std::int64_t>(random() % 20'000) * kMs};
    case 1:
      return {SeekPoint::Kind::after, static_cast<std::int64_t>(random() % 20'000) * kMs};
    case 2:
      return {SeekPoint::Kind::lap, static_cast<std::int64_t>(random() % 5)};
    case 3:
      return {SeekPoint::Kind::offset, static_cast<std::int64_t>(random() % 300)};
    default:
      return {};
  }
}

bool is_behind(const SeekPoint& point, const std::vector<Recorded>& all, std::size_t i) {
  switch (point.kind) {
    case SeekPoint::Kind::time:
      return all[i].time_ns >= point.value;
    case SeekPoint::Kind::after:
      return all[i].time_ns >= all.front().time_ns + point.value;
    case SeekPoint::Kind::lap:
      return all[i].lap >= point.value;
    case SeekPoint::Kind::offset:
      return static_cast<std::int64_t>(i) >= point.value;
    default:
      return false;
  }
}

/// One time through, in the plainest way.
std::vector<Recorded> chosen_of(const std::vector<Recorded>& all, const ReplayConfig& replay) {
  std::vector<Recorded> chosen;
  bool begun = replay.from.kind == SeekPoint::Kind::none;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (is_behind(replay.to, all, i)) break;
    begun = begun || is_behind(replay.from, all, i);
    const bool passes = replay.filters.empty() || all[i].key == 1 || all[i].key == 3;
    if (begun && passes) chosen.push_back(all[i]);
  }
  return chosen;
}

TEST(ReplayFeed, SendsWhatWasChosenAtItsTime) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 150; ++round) {
    const test::ScratchDir dir;
    const std::size_t files = 1 + random() % 4;
    const std::vector<Recorded> all = random_recording(random, files);
    const double speed =
        random() % 4 == 0 ? 0 : std::pow(10.0, static_cast<double>(random() % 60) / 10.0 - 3.0);
    RunConfig config = config_for(write_recording(all, files, dir), speed);
    ReplayConfig& replay = *config.replay;
    replay.time_field = "n.at";
    replay.key_field = "key";
    replay.from = random_place(random);
    replay.to = random_place(random);
    if (random() % 2 == 0) replay.filters.push_back({"key", {{"k1", {}, {}, false}, {"k3", {}, {}, false}}});
    const std::vector<Recorded> expected = chosen_of(all, replay);
    TestReplay test(config, dir.path());
    const Pipeline::End end = test.run();
    EXPECT_TRUE(end.reached_end);
    EXPECT_FALSE(end.error) << end.error->what;
    std::vector<std::string> lines;
    for (const Recorded& one : expected) lines.push_back(one.line);
    ASSERT_EQ(test.lines(), lines);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const auto since_ns = static_cast<double>(expected[i].time_ns - expected.front().time_ns);
      const std::int64_t late_ns = test.sent_at_ns[i] - test.sent_at_ns.front() -
                                   (speed > 0 ? static_cast<std::int64_t>(since_ns / speed) : 0);
      ASSERT_GE(late_ns, 0) << i;
      ASSERT_LE(late_ns, kMs) << i;
    }
  }
}

/// To the nanosecond at any speed, of recordings whose lines are out of order: what a plain reference of long
/// integers says of the highest time so far. Recorded times are whole milliseconds.
TEST(ReplayFeed, IsDueAtTheRecordedSpacesBySpeed) {
  std::mt19937_64 random(5);
  for (const auto& [speed, by, of] :
       std::vector<std::tuple<double, std::int64_t, std::int64_t>>{{1e-3, 1000, 1},
                                                                   {0.25, 4, 1},
                                                                   {1, 1, 1},
                                                                   {3, 1, 3},
                                                                   {60, 1, 60},
                                                                   {1e3, 1, 1000},
                                                                   {1e6, 1, 1'000'000}}) {
    const test::ScratchDir dir;
    std::vector<std::string> lines;
    std::vector<std::int64_t> places_ns;
    std::int64_t at_ns = 0;
    for (int i = 0; i < 300; ++i) {
      at_ns += static_cast<std::int64_t>(random() % 2000) * kMs;
      const bool late = random() % 5 == 0;
      lines.push_back(line_of(kRecorded_ns + at_ns - (late && i > 0 ? 700 * kMs : 0), i % 3, 1));
      const std::int64_t says_ns = at_ns - (late && i > 0 ? 700 * kMs : 0);
      places_ns.push_back(places_ns.empty() ? says_ns : std::max(places_ns.back(), says_ns));
    }
    write_lines(dir / "a.ndjson", lines);
    RunConfig config = config_for({dir / "a.ndjson"}, speed);
    config.replay->time_field = "n.at";
    TestReplay test(config, dir.path());
    test.run();
    ASSERT_EQ(test.sent_at_ns.size(), lines.size());
    ASSERT_EQ(test.lines(), lines);
    const std::int64_t start_ns = test.sent_at_ns.front();
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::int64_t due_ns = start_ns + (places_ns[i] - places_ns.front()) * by / of;
      EXPECT_EQ(test.pacer->plan().event_due_ns(kRecorded_ns + places_ns[i]), due_ns) << speed << ' ' << i;
      EXPECT_GE(test.sent_at_ns[i], due_ns) << speed << ' ' << i;
    }
  }
}

TEST(ReplayFeed, CutsLongWaitsAndSendsLateEventsAtOnce) {
  const test::ScratchDir dir;
  const std::int64_t hour_ns = 3600 * kSecond;
  const std::vector<std::int64_t> since{
      0, kSecond, 50 * hour_ns, 50 * hour_ns + kSecond, 50 * hour_ns, 60 * hour_ns};
  std::vector<std::string> lines;
  for (const std::int64_t at : since) lines.push_back(line_of(kRecorded_ns + at, 1, 1));
  write_lines(dir / "a.ndjson", lines);
  RunConfig config = config_for({dir / "a.ndjson"}, 1);
  config.replay->time_field = "n.at";
  config.replay->max_gap_ns = hour_ns;
  TestReplay test(config, dir.path());
  test.run();
  EXPECT_EQ(test.lines(), lines);
  const std::vector<std::int64_t> expected{
      0, kSecond, kSecond + hour_ns, 2 * kSecond + hour_ns, 2 * kSecond + hour_ns, 2 * kSecond + 2 * hour_ns};
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(test.sent_at_ns[i] - test.sent_at_ns.front(), expected[i]) << i;
  EXPECT_EQ(test.recording->status().cut_gaps, 2U);
  EXPECT_EQ(test.recording->status().late, 1U);
}

TEST(ReplayFeed, KeepsWhatIsNoEventWithTheReason) {
  const test::ScratchDir dir;
  write_lines(dir / "a.ndjson", {line_of(kRecorded_ns, 1, 1), "{\"n\":1}", "not json",
                                 R"({"n":{"at":"soon"}})", line_of(kRecorded_ns + 1, 2, 1)});
  RunConfig config = config_for({dir / "a.ndjson"});
  config.replay->time_field = "n.at";
  TestReplay test(config, dir.path());
  const Pipeline::End end = test.run();
  EXPECT_TRUE(end.reached_end);
  EXPECT_EQ(test.lines().size(), 2U);
  EXPECT_EQ(test.recording->status().refused, 3U);
  EXPECT_EQ(test.recording->status().read, 5U);
  EXPECT_TRUE(test.dead_letter.close());
  const std::string dead = test::read_file(dir / "dead.ndjson");
  EXPECT_EQ(std::count(dead.begin(), dead.end(), '\n'), 3);
  EXPECT_THAT(dead, HasSubstr(R"("raw":"not json")"));
  EXPECT_THAT(dead, HasSubstr("'soon' is neither a time"));
}

/// Rounds follow one another, with new names; times move as asked for.
TEST(ReplayFeed, RepeatsUnderNewNames) {
  const test::ScratchDir dir;
  const std::uint32_t run = 0xa1b2c3d4;
  const auto play = [&](std::int64_t time_ns, std::uint32_t seq) {
    std::string id;
    pack_event_id({run, 7, seq}).append_text(id);
    return R"({"event_id":")" + id + R"(","song_id":"x","played_at":")" + format_datetime(time_ns) +
           ".000Z\"}";
  };
  std::vector<std::string> lines{play(kRecorded_ns, 0), play(kRecorded_ns + kSecond, 1),
                                 play(kRecorded_ns + 2 * kSecond, 2)};
  for (std::string& line : lines) line.replace(line.find("Z.000Z"), 6, ".000Z");
  write_lines(dir / "a.ndjson", lines);
  RunConfig config = config_for({dir / "a.ndjson"}, 2);
  ReplayConfig& replay = *config.replay;
  replay.time_field = "played_at";
  replay.stamps = Stamps::scale;
  replay.start_ns = kRecorded_ns + 1000 * kSecond;
  replay.rounds = 3;
  replay.loops = true;
  TestReplay test(config, dir.path());
  test.run();
  const std::vector<std::string> sent = test.lines();
  ASSERT_EQ(sent.size(), 9U);
  for (std::size_t i = 0; i < sent.size(); ++i) {
    // A round lasts three seconds, the space between two events included; at twice the speed half of that.
    const std::int64_t since_ns = static_cast<std::int64_t>(i) * kSecond / 2;
    EXPECT_EQ(test.sent_at_ns[i] - test.sent_at_ns.front(), since_ns) << i;
    std::string time = format_datetime(kRecorded_ns + 1000 * kSecond + since_ns);
    if (time.find('.') == std::string::npos) time.insert(time.size() - 1, ".000");
    EXPECT_THAT(sent[i], HasSubstr("\"played_at\":\"" + time + "\"")) << i;
    EXPECT_THAT(sent[i], HasSubstr(R"("song_id":"x")"));
  }
  std::sort(test.sent_at_ns.begin(), test.sent_at_ns.end());
  std::vector<std::string> unique = sent;
  std::sort(unique.begin(), unique.end());
  EXPECT_EQ(std::unique(unique.begin(), unique.end()), unique.end())
      << "each event of each round has its own id";
  TestReplay again(config, dir.path());
  again.run();
  EXPECT_EQ(again.lines(), sent) << "the same replay is the same run";
}

}  // namespace
}  // namespace racesim
