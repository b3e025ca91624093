// Goal: every point is taken, or refused alone with the server's reason, whatever the server answers; waits
// follow Retry-After and the back-off; what cannot get better ends at once. Method: a server in memory with a
// script, and a clock that moves only when somebody sleeps.
#include "io/stores/influx/point_writer.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <set>

#include "support/fake_clock.h"

namespace racesim::influx {
namespace {

using namespace test;

constexpr std::int64_t kMinute = 60 * kSecond;

Reply answer(unsigned status, std::string said = {}, std::string retry_after = {}) {
  Reply reply;
  reply.kind = Reply::Kind::answered;
  reply.status = status;
  reply.why = "HTTP " + std::to_string(status) + (said.empty() ? "" : ": " + said);
  reply.said = std::move(said);
  reply.retry_after = std::move(retry_after);
  return reply;
}
Reply trouble(Reply::Kind kind, std::string why) {
  Reply reply;
  reply.kind = kind;
  reply.why = std::move(why);
  return reply;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    lines.emplace_back(text.substr(0, text.find('\n')));
    text.remove_prefix(lines.back().size() + 1);
  }
  return lines;
}

/// Answers as the script says; notes what came and when.
class FakeServer final : public Poster {
 public:
  FakeServer(Clock& clock, std::function<Reply(const std::vector<std::string>&)> script)
      : clock_(clock), script_(std::move(script)) {}
  Reply post(std::string_view lines) override {
    sizes.push_back(lines.size());
    times_ns.push_back(clock_.now_ns());
    batches.push_back(split(lines));
    return script_(batches.back());
  }
  std::vector<std::vector<std::string>> batches;
  std::vector<std::size_t> sizes;
  std::vector<std::int64_t> times_ns;

 private:
  Clock& clock_;
  std::function<Reply(const std::vector<std::string>&)> script_;
};

struct Text {
  std::string text;
  std::vector<std::uint32_t> ends;
  void add(const std::string& line) {
    text += line + "\n";
    ends.push_back(static_cast<std::uint32_t>(text.size()));
  }
  Lines lines() const { return {text, ends}; }
};

Text numbered(std::size_t count) {
  Text text;
  for (std::size_t i = 0; i < count; ++i) text.add("m v=" + std::to_string(i) + "i " + std::to_string(i));
  return text;
}

PointWriterOptions small_batches() {
  PointWriterOptions options;
  options.name = "influx:http://db:8086";
  options.org = "club";
  options.bucket = "races";
  options.batch_lines = 64;
  return options;
}

struct World {
  explicit World(std::function<Reply(const std::vector<std::string>&)> script,
                 PointWriterOptions options = small_batches())
      : server(clock, std::move(script)), writer(std::move(options), server, clock, waits) {}
  FakeClock clock;
  WaitNote waits;
  FakeServer server;
  PointWriter writer;
  std::vector<RefusedLine> refused;
};

TEST(InfluxPointWriter, SendsBatchesBoundedByLinesAndBytes) {
  World by_lines([](const auto&) { return answer(204); });
  const Text text = numbered(200);
  ASSERT_TRUE(by_lines.writer.write(text.lines(), by_lines.refused).has_value());
  ASSERT_EQ(by_lines.server.batches.size(), 4U);
  std::vector<std::string> all;
  for (const auto& batch : by_lines.server.batches) {
    EXPECT_LE(batch.size(), 64U);
    all.insert(all.end(), batch.begin(), batch.end());
  }
  EXPECT_EQ(all, split(text.text));
  EXPECT_TRUE(by_lines.refused.empty());

  PointWriterOptions options = small_batches();
  options.batch_bytes = 40;
  World by_bytes([](const auto&) { return answer(204); }, options);
  Text long_line = numbered(10);
  long_line.add("m v=\"" + std::string(100, 'x') + "\" 1");
  ASSERT_TRUE(by_bytes.writer.write(long_line.lines(), by_bytes.refused).has_value());
  for (std::size_t i = 0; i < by_bytes.server.sizes.size(); ++i)
    EXPECT_TRUE(by_bytes.server.sizes[i] <= 40 || by_bytes.server.batches[i].size() == 1);
  EXPECT_EQ(by_bytes.server.batches.back().size(), 1U);
}

// Servers refuse a batch whole, or write what is good of it and say the same: both end alike.
TEST(InfluxPointWriter, FindsTheLinesThatFailAloneByHalves) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 60; ++round) {
    const bool writes_partly = round % 2 == 0;
    const unsigned status = round % 3 == 0 ? 422 : 400;
    const std::size_t count = 1 + random() % 300;
    std::set<std::size_t> bad;
    for (std::size_t n = random() % 6; n > 0; --n) bad.insert(random() % count);
    Text text;
    for (std::size_t i = 0; i < count; ++i)
      text.add((bad.count(i) > 0 ? "bad " : "good ") + std::to_string(i));
    std::set<std::string> stored;
    World world([&](const std::vector<std::string>& lines) {
      bool all_good = true;
      for (const std::string& line : lines) all_good = all_good && line.starts_with("good");
      for (const std::string& line : lines)
        if (line.starts_with("good") && (all_good || writes_partly)) stored.insert(line);
      return all_good ? answer(204) : answer(status, "unable to parse '" + lines.front() + "'");
    });
    ASSERT_TRUE(world.writer.write(text.lines(), world.refused).has_value());
    std::set<std::size_t> refused;
    for (const RefusedLine& line : world.refused) {
      EXPECT_TRUE(refused.insert(line.line).second);
      EXPECT_EQ(line.reason, "HTTP " + std::to_string(status) + ": unable to parse 'bad " +
                                 std::to_string(line.line) + "'");
    }
    EXPECT_EQ(refused, bad);
    EXPECT_EQ(stored.size(), count - bad.size());
  }
}

TEST(InfluxPointWriter, SendsLessAtATimeWhereTheBatchIsTooLarge) {
  std::size_t stored = 0;
  World world([&](const std::vector<std::string>& lines) {
    if (lines.size() > 9) return answer(413, "request too large");
    stored += lines.size();
    return answer(204);
  });
  const Text text = numbered(130);
  ASSERT_TRUE(world.writer.write(text.lines(), world.refused).has_value());
  EXPECT_EQ(stored, 130U);
  EXPECT_TRUE(world.refused.empty());
}

/// Fails `failures` times, then takes everything.
auto failing(std::size_t failures, Reply with) {
  return [failures, with, done = std::size_t{0}](const auto&) mutable {
    return done++ < failures ? with : answer(204);
  };
}

TEST(InfluxPointWriter, WaitsAsLongAsTheServerAsks) {
  World seconds(failing(2, answer(503, "busy", "2")));
  const Text text = numbered(1);
  ASSERT_TRUE(seconds.writer.write(text.lines(), seconds.refused).has_value());
  ASSERT_EQ(seconds.server.times_ns.size(), 3U);
  for (std::size_t i = 1; i < 3; ++i)
    EXPECT_GE(seconds.server.times_ns[i] - seconds.server.times_ns[i - 1], 2 * kSecond);

  World date(failing(1, answer(429, "slow down", "Mon, 01 Jan 2024 00:00:07 GMT")));
  ASSERT_TRUE(date.writer.write(text.lines(), date.refused).has_value());
  EXPECT_GE(date.server.times_ns[1] - date.server.times_ns[0], 7 * kSecond);
  EXPECT_LT(date.server.times_ns[1] - date.server.times_ns[0], 9 * kSecond);
}

TEST(InfluxPointWriter, SaysWhatItWaitsForAndUntilWhen) {
  World world(failing(1, answer(503, "busy", "20")));
  std::vector<std::string> seen;
  std::int64_t until_ns = 0;
  world.clock.after_sleep = [&] {
    const std::optional<Wait> wait = world.waits.longest();
    if (!wait) return;
    until_ns = wait->until_ns;
    if (seen.empty() || seen.back() != wait->why) seen.push_back(wait->why);
  };
  ASSERT_TRUE(world.writer.write(numbered(1).lines(), world.refused).has_value());
  EXPECT_EQ(seen, std::vector<std::string>{"HTTP 503: busy"});
  EXPECT_GE(until_ns, FakeClock::kStart_ns + 20 * kSecond);
  EXPECT_FALSE(world.waits.longest().has_value()) << "it goes on waiting";
}

TEST(InfluxPointWriter, BacksOffWithJitterUpToACap) {
  for (const Reply& with : {answer(500), answer(408), trouble(Reply::Kind::network, "Connection refused"),
                            trouble(Reply::Kind::unreadable, "no answer in time")}) {
    PointWriterOptions options = small_batches();
    options.retry_max_time_ns = 60 * kMinute;
    World world(failing(30, with), options);
    ASSERT_TRUE(world.writer.write(numbered(1).lines(), world.refused).has_value());
    const std::vector<std::int64_t>& times_ns = world.server.times_ns;
    ASSERT_EQ(times_ns.size(), 31U);
    std::set<std::int64_t> waits_ns;
    std::int64_t longest_ns = 0;
    for (std::size_t i = 1; i < times_ns.size(); ++i) {
      const std::int64_t wait_ns = times_ns[i] - times_ns[i - 1];
      EXPECT_LE(wait_ns,
                std::min<std::int64_t>(30 * kSecond, (250 * kMs) << std::min<std::size_t>(i - 1, 20)));
      waits_ns.insert(wait_ns);
      longest_ns = std::max(longest_ns, wait_ns);
    }
    EXPECT_GT(waits_ns.size(), 25U) << "without jitter";
    EXPECT_GT(longest_ns, 15 * kSecond) << "waits do not grow";
  }
}

TEST(InfluxPointWriter, GivesUpWhatStaysAway) {
  PointWriterOptions options = small_batches();
  options.retry_max_time_ns = 2 * kMinute;
  World world([](const auto&) { return trouble(Reply::Kind::network, "Connection refused"); }, options);
  const Done done = world.writer.write(numbered(1).lines(), world.refused);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, ErrorKind::runtime);
  EXPECT_EQ(done.error().what, "write to influx:http://db:8086: Connection refused");
  EXPECT_GE(world.clock.now_ns(), FakeClock::kStart_ns + 2 * kMinute);
  EXPECT_LT(world.clock.now_ns(), FakeClock::kStart_ns + 3 * kMinute);
  EXPECT_FALSE(world.waits.longest().has_value());

  World asks([](const auto&) { return answer(503, "closed", "86400"); }, options);
  const Done at_once = asks.writer.write(numbered(1).lines(), asks.refused);
  ASSERT_FALSE(at_once.has_value());
  EXPECT_EQ(at_once.error().what, "write to influx:http://db:8086: HTTP 503: closed (it asks to wait 1d)");
  EXPECT_EQ(asks.server.batches.size(), 1U);
}

TEST(InfluxPointWriter, EndsAtOnceWhereWaitingDoesNotHelp) {
  struct Case {
    Reply reply;
    ErrorKind kind;
    std::string what;
  };
  const std::string db = "influx:http://db:8086";
  for (const Case& c :
       {Case{answer(401, "unauthorized access"), ErrorKind::usage,
             db + " answered HTTP 401: unauthorized access: it does not accept the token"},
        Case{answer(403), ErrorKind::usage,
             db + " answered HTTP 403: the token may not write to bucket 'races'"},
        Case{answer(404), ErrorKind::usage,
             db + " answered HTTP 404: it does not know organisation 'club' or bucket 'races'"},
        Case{answer(200), ErrorKind::runtime,
             db + " answered HTTP 200, not 204: this is not the write API of an InfluxDB"},
        Case{answer(301), ErrorKind::runtime,
             db + " answered HTTP 301, not 204: this is not the write API of an InfluxDB"},
        Case{trouble(Reply::Kind::untrusted, "certificate not trusted"), ErrorKind::runtime,
             "cannot reach " + db + ": certificate not trusted"}}) {
    World world([&](const auto&) { return c.reply; });
    const Done done = world.writer.write(numbered(100).lines(), world.refused);
    ASSERT_FALSE(done.has_value()) << c.what;
    EXPECT_EQ(done.error().what, c.what);
    EXPECT_EQ(done.error().kind, c.kind) << c.what;
    EXPECT_EQ(world.server.batches.size(), 1U) << c.what;
    EXPECT_TRUE(world.refused.empty());
  }
}

TEST(InfluxPointWriter, EndsItsWaitWhenItIsAbandoned) {
  World world([](const auto&) { return answer(503, "busy", "60"); });
  world.clock.after_sleep = [&] { world.writer.abandon(); };
  ASSERT_FALSE(world.writer.write(numbered(1).lines(), world.refused).has_value());
  EXPECT_LT(world.clock.now_ns(), FakeClock::kStart_ns + kSecond);
}

}  // namespace
}  // namespace racesim::influx
