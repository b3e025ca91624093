// Goal: the http sink delivers every event, in order per entity, over no more than its connections, and
// accounts for each. Method: real sockets against the scripted server.
#include "io/sinks/http.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>

#include "http_support.h"
#include "support/scripted_server.h"

namespace racesim {
namespace {

using namespace test;

class HttpSinkTest : public testing::Test {
 protected:
  std::unique_ptr<Sink> open(const std::string& url, HttpOptions options) {
    auto sink = open_http_sink(url, std::move(options), system_clock(), &acked_, dead_);
    EXPECT_TRUE(sink.has_value()) << sink.error().what;
    return sink ? std::move(*sink) : nullptr;
  }
  static HttpOptions options(std::uint32_t connections, std::uint32_t batch = 1) {
    HttpOptions made;
    made.connections = connections;
    made.batch = batch;
    made.threads = 2;
    return made;
  }

  ScratchDir dir_;
  DeadLetter dead_{dir_ / "dead.ndjson"};
  AckedIds acked_;
};

TEST_F(HttpSinkTest, DeliversEachEventOnceOverFewConnections) {
  ScriptedServer server([](const ServedRequest&) { return no_content(); });
  auto sink = open(server.url("/play?x=1"), options(16));
  for (std::uint64_t first = 0; first < 10000; first += 1000) {
    const SharedBatch batch = make_plays(1000, 300, first);
    ASSERT_TRUE(sink->submit(batch, 0, 400));
    ASSERT_TRUE(sink->submit(batch, 400, 1000));
  }
  ASSERT_TRUE(sink->close());
  expect_counts(*sink, 10000, 0);
  EXPECT_EQ(sink->counters().retried.load(), 0u);
  EXPECT_LE(server.connections(), 16u);
  EXPECT_EQ(acked_.ids().size(), 10000u);
  std::set<std::string> bodies;
  for (const ServedRequest& request : server.requests()) {
    EXPECT_EQ(request.head.substr(0, 26), "POST /play?x=1 HTTP/1.1\r\nH");
    EXPECT_EQ(events_of(request.body)[0]["event_id"], request.key());
    bodies.insert(request.body);
  }
  EXPECT_EQ(bodies.size(), 10000u);
  EXPECT_EQ(dir_.names(), std::vector<std::string>{});  // no dead-letter file
}

TEST_F(HttpSinkTest, SendsTheHeadersThatReceiversNeed) {
  ScriptedServer server(
      [](const ServedRequest&) { return reply(200, "Content-Type: application/json\r\n", "{}"); });
  HttpOptions wanted = options(1);
  wanted.token_file = dir_ / "token";
  wanted.user_agent = "racesim/9.9";
  write_file(wanted.token_file, "s3cret\n");
  auto sink = open(server.url(), wanted);
  ASSERT_TRUE(sink->submit(make_plays(1, 1), 0, 1));
  ASSERT_TRUE(sink->close());
  const ServedRequest request = server.requests().at(0);
  EXPECT_EQ(request.header("Host"), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(request.header("Content-Type"), "application/json");
  EXPECT_EQ(request.header("User-Agent"), "racesim/9.9");
  EXPECT_EQ(request.header("Authorization"), "Bearer s3cret");
  EXPECT_EQ(request.header("Content-Length"), std::to_string(request.body.size()));
  EXPECT_EQ(sink->counters().bytes.load(), request.body.size());
}

// Entities keep their order whatever fails: some tries get 503 (to be repeated at once) or a reset.
class HttpOrderTest : public HttpSinkTest,
                      public testing::WithParamInterface<std::tuple<unsigned, unsigned>> {};

TEST_P(HttpOrderTest, HoldsPerEntityWhileSomeTriesFail) {
  const auto [lanes, batch_size] = GetParam();
  std::map<int, int> next_seq;
  std::map<std::string, std::string> body_of_key;
  int order_errors = 0, key_errors = 0;
  ScriptedServer server([&](const ServedRequest& request) {
    const auto [known, fresh] = body_of_key.emplace(request.key(), request.body);
    if (known->second != request.body) ++key_errors;
    if (fresh && request.number % 61 == 5) return reply(503, "Retry-After: 0\r\n");
    if (fresh && request.number % 83 == 7) return Reply{"", Reply::Then::reset};
    for (const auto& event : events_of(request.body))
      if (next_seq[event["user"].get<int>()]++ != event["seq"].get<int>()) ++order_errors;
    return no_content();
  });
  auto sink = open(server.url(), options(lanes, batch_size));
  constexpr std::uint64_t kEvents = 400;
  for (std::uint64_t first = 0; first < kEvents; first += 100)
    ASSERT_TRUE(sink->submit(make_plays(100, 37, first), 0, 100));
  ASSERT_TRUE(sink->close());
  expect_counts(*sink, kEvents, 0);
  EXPECT_EQ(order_errors, 0);
  EXPECT_EQ(key_errors, 0);
  EXPECT_GT(sink->counters().retried.load(), 0u);
  const auto acked = acked_.ids();
  EXPECT_EQ(acked.size(), kEvents);
  EXPECT_TRUE(std::all_of(acked.begin(), acked.end(), [](const auto& entry) { return entry.second == 1; }));
}

INSTANTIATE_TEST_SUITE_P(Lanes, HttpOrderTest,
                         testing::Combine(testing::Values(1u, 3u, 16u), testing::Values(1u, 4u)));

TEST_F(HttpSinkTest, BatchesAreJsonArraysWithARangeKey) {
  ScriptedServer server([](const ServedRequest&) { return no_content(); });
  auto sink = open(server.url(), options(1, 100));
  ASSERT_TRUE(sink->submit(make_plays(250, 7), 0, 250));
  ASSERT_TRUE(sink->close());
  expect_counts(*sink, 250, 0);
  std::uint64_t next = 0;
  for (const ServedRequest& request : server.requests()) {
    const auto parsed = nlohmann::json::parse(request.body);
    ASSERT_TRUE(parsed.is_array());
    ASSERT_LE(parsed.size(), 100u);
    const std::uint64_t first = next;
    for (const auto& event : parsed) EXPECT_EQ(event["event_id"], event_id_of(next++));
    const std::string last = first + 1 == next ? "" : "-" + event_id_of(next - 1);
    EXPECT_EQ(request.key(), event_id_of(first) + last);
  }
  EXPECT_EQ(next, 250u);
}

TEST_F(HttpSinkTest, UnorderedLetsAnyLaneTakeTheNext) {
  // One entity only: in order, three of the lanes would stay idle.
  ScriptedServer server([](const ServedRequest&) { return no_content(); });
  HttpOptions wanted = options(4);
  wanted.unordered = true;
  auto sink = open(server.url(), wanted);
  for (std::uint64_t first = 0; first < 4000; first += 1000)
    ASSERT_TRUE(sink->submit(make_plays(1000, 1, first), 0, 1000));
  ASSERT_TRUE(sink->close());
  expect_counts(*sink, 4000, 0);
  EXPECT_EQ(acked_.ids().size(), 4000u);
  EXPECT_GT(server.connections(), 1u);
}

TEST_F(HttpSinkTest, HoldsNoMoreThanItsLimitAndStillDelivers) {
  ScriptedServer server([](const ServedRequest&) { return no_content(); });
  HttpOptions wanted = options(3);
  wanted.max_pending_events = 10;
  auto sink = open(server.url(), wanted);
  ASSERT_TRUE(sink->submit(make_plays(1000, 11), 0, 1000));
  // What submit() has let in and is not yet acked is the limit at most.
  EXPECT_GE(sink->counters().acked.load(), 990u);
  ASSERT_TRUE(sink->close());
  expect_counts(*sink, 1000, 0);
}

TEST_F(HttpSinkTest, LocalhostTriesBothLoopbackAddresses) {
  for (const char* address : {"127.0.0.1", "::1"}) {
    SCOPED_TRACE(address);
    ScriptedServer server([](const ServedRequest&) { return no_content(); }, 0, nullptr, address);
    auto sink = open("http://localhost:" + std::to_string(server.port()) + "/play", options(1));
    ASSERT_TRUE(sink->submit(make_plays(5, 5), 0, 5));
    ASSERT_TRUE(sink->close());
    expect_counts(*sink, 5, 0);
    EXPECT_EQ(server.requests().at(0).header("Host"), "localhost:" + std::to_string(server.port()));
  }
}

TEST_F(HttpSinkTest, ClosesAtOnceWhenNothingWasSubmitted) {
  auto sink = open("http://127.0.0.1:9/play", options(4));
  EXPECT_TRUE(sink->close());
  EXPECT_TRUE(sink->close());
  expect_counts(*sink, 0, 0);
}

TEST_F(HttpSinkTest, SaysWhatIsWrongWithItsOptions) {
  const auto error_of = [&](const std::string& url, const HttpOptions& wanted) {
    auto sink = open_http_sink(url, wanted, system_clock(), nullptr, dead_);
    EXPECT_FALSE(sink.has_value());
    return sink ? Error{} : sink.error();
  };
  HttpOptions wanted;
  wanted.token_file = dir_ / "missing";
  EXPECT_EQ(error_of("http://localhost/", wanted).what, "cannot read token file " + (dir_ / "missing"));
  write_file(wanted.token_file, "hush hush");
  const Error two_words = error_of("http://localhost/", wanted);
  EXPECT_EQ(two_words.what, "token file " + wanted.token_file + " contains more than one word");
  EXPECT_EQ(two_words.kind, ErrorKind::usage);
  wanted.token_file.clear();
  wanted.ca_file = dir_ / "none.pem";
  EXPECT_NE(error_of("https://localhost/", wanted).what.find("none.pem"), std::string::npos);
  EXPECT_EQ(error_of("http:///play", HttpOptions{}).kind, ErrorKind::usage);
}

TEST_F(HttpSinkTest, RefusesMoreConnectionsThanFilesMayBeOpen) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit low{128, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  const auto sink = open_http_sink("http://localhost/", options(65), system_clock(), nullptr, dead_);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().what, "--connections 65 needs more open files than the limit of 128");
  EXPECT_EQ(sink.error().kind, ErrorKind::usage);
}

}  // namespace
}  // namespace racesim
