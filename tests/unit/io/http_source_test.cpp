// Goal: each client learns what became of its own records, never earlier than it is so; nothing that clients
// send harms the source. Method: raw sockets against the source on loopback; a thread plays the pipeline and
// settles blocks as the test says; damaged requests are made at random from good ones.
#include "io/sources/http.h"

#include <gtest/gtest.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "http_server_support.h"
#include "io/sources/http_body.h"

namespace racesim {
namespace {

using http::get;
using http::post;
using test::RawAnswer;
using test::RawClient;
using Outcome = Result<BlockOutcome>;
using namespace std::string_view_literals;

class NoKeeper final : public LaneKeeper {
 public:
  Result<std::vector<std::optional<LanePosition>>> positions(std::span<const LanePosition> lanes) override {
    return std::vector<std::optional<LanePosition>>(lanes.size());
  }
  Done release(std::span<const std::uint32_t>) override { return {}; }
};

Outcome all_stored(const RecordBlock& block) {
  BlockOutcome outcome;
  outcome.stored = block.size();
  return outcome;
}

class HttpSourceTest : public testing::Test {
 protected:
  ~HttpSourceTest() override {
    if (!source_) return;
    source_->stop();
    if (pipeline_.joinable()) pipeline_.join();
  }
  void open(HttpSourceOptions options = {}) {
    options.listen = "127.0.0.1:0";
    source_ = std::move(*make_http_source(options));
    ASSERT_TRUE(source_->open(keeper_).has_value());
    const std::string name = source_->name();
    port_ = static_cast<std::uint16_t>(std::stoi(name.substr(name.rfind(':') + 1)));
  }
  /// Settles every group of blocks once it is complete.
  void run_pipeline(std::function<Outcome(const RecordBlock&)> settle = all_stored) {
    pipeline_ = std::thread([this, settle = std::move(settle)] {
      std::vector<RecordBlock> group;
      for (RecordBlock block;;) {
        const Pulled pulled = *source_->pull(block, 1000);
        if (pulled == Pulled::ended) return;
        if (pulled == Pulled::nothing) continue;
        records_ += block.size();
        const bool more = block.more;
        group.push_back(std::move(block));
        if (more) continue;
        for (const RecordBlock& one : group) source_->settled(one, settle(one));
        group.clear();
      }
    });
  }
  RawAnswer ask(const std::string& bytes) const {
    RawClient client(port_);
    client.send(bytes);
    return client.answer();
  }

  NoKeeper keeper_;
  std::unique_ptr<Source> source_;
  std::uint16_t port_ = 0;
  std::thread pipeline_;
  std::atomic<std::size_t> records_{0};
};

TEST_F(HttpSourceTest, TheAnswerSaysWhatBecameOfEachRecord) {
  open();
  run_pipeline([](const RecordBlock& block) -> Outcome {
    if (block.record(0) == "503") return fail(ErrorKind::runtime, "secret place: disk full");
    BlockOutcome outcome;
    outcome.refused = block.record(0) == "\"refused\"";
    outcome.stored = block.record(0) == "{}" ? 2 : 0;
    outcome.duplicates = block.record(0) == "{}" ? 1 : 0;
    outcome.expired = block.record(0) == "\"old\"" ? 1 : 0;
    if (outcome.expired == 0) {
      outcome.rejected = 1;
      outcome.others = {{3, Fate::rejected, "no \"id\"\n"}};
    }
    return outcome;
  });
  const RawAnswer mixed = ask(post("/events", "[{},{},{},4]"));
  EXPECT_EQ(mixed.status, 200);
  EXPECT_EQ(mixed.header("content-type"), "application/json");
  EXPECT_EQ(
      mixed.body,
      "{\"accepted\":2,\"duplicates\":1,\"rejected\":[{\"index\":3,\"reason\":\"no \\\"id\\\"\\n\"}]}\n");
  const RawAnswer none = ask(post("/play", "[4]"));
  EXPECT_EQ(none.status, 400);
  EXPECT_EQ(nlohmann::json::parse(none.body)["rejected"][0]["index"], 3);
  const RawAnswer refused = ask(post("/play", "[\"refused\",{}]"));
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("--on-invalid reject"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(refused.body)["accepted"], 0);
  const RawAnswer expired = ask(post("/play", "[\"old\"]"));
  EXPECT_EQ(expired.status, 200);
  EXPECT_EQ(expired.body, "{\"accepted\":0,\"duplicates\":0,\"expired\":1,\"rejected\":[]}\n");
  const RawAnswer failed = ask(post("/play", "[503]"));
  EXPECT_EQ(failed.status, 503);
  EXPECT_EQ(failed.header("retry-after"), "1");
  EXPECT_EQ(failed.body.find("secret"), std::string::npos);
}

TEST_F(HttpSourceTest, TypesOfBodiesThatUsersSend) {
  open();
  run_pipeline();
  const struct {
    std::string type, body;
    int status;
    std::size_t records;
  } cases[] = {
      {"", "{\"a\":1}", 200, 1},
      {"application/json", "[1,2]", 200, 2},
      {"Application/JSON; charset=utf-8", "{\"a\":1}\n{\"a\":2}", 200, 2},
      {"application/cloudevents+json", "{}", 200, 1},
      {"application/x-ndjson", "[1,2]\n[3]", 200, 2},
      {"application/jsonl", "{}", 200, 1},
      {"text/plain", "{}\n{}", 200, 2},
      {"application/octet-stream", "[1]", 200, 1},
      {"application/x-www-form-urlencoded", "{\"a\":1}", 200, 1},  // what curl -d says
      {"application/x-www-form-urlencoded", "[{\"a\":1}]", 200, 1},
      {"application/x-www-form-urlencoded", "a=1&b={}", 415, 0},
      {"multipart/form-data; boundary=x", "{}", 415, 0},
      {"text/csv", "a,b", 415, 0},
      {"application/json", "", 400, 0},
      {"application/json", "[]", 200, 0},
      {"application/json", "[1,2", 400, 0},
  };
  for (const auto& one : cases) {
    const std::size_t before = records_;
    const RawAnswer answer =
        ask(post("/events", one.body, one.type.empty() ? "" : "Content-Type: " + one.type + "\r\n"));
    EXPECT_EQ(answer.status, one.status) << one.type << " " << one.body << answer.body;
    EXPECT_EQ(records_ - before, one.records) << one.type << " " << one.body;
    EXPECT_EQ(answer.status == 415, answer.header("accept-post").find("x-ndjson") != std::string::npos);
  }
  const RawAnswer torn = ask(post("/events", "[1,2"));
  EXPECT_EQ(nlohmann::json::parse(torn.body)["offset"], 0);
}

// 64 connections at once, each with requests of its own size: every answer is that of its own request.
TEST_F(HttpSourceTest, ManyClientsGetTheirOwnAnswers) {
  open();
  run_pipeline();
  constexpr int kClients = 64, kRequests = 40;
  std::vector<std::thread> clients;
  for (int c = 0; c < kClients; ++c)
    clients.emplace_back([this, c] {
      RawClient client(port_);
      std::string body = "[0";
      for (int i = 0; i < c; ++i) body += ",0";
      for (int i = 0; i < kRequests; ++i) {
        client.send(post(i % 2 == 0 ? "/play" : "/events", body + "]"));
        const RawAnswer answer = client.answer();
        ASSERT_EQ(answer.status, 200);
        ASSERT_EQ(nlohmann::json::parse(answer.body)["accepted"], c + 1);
      }
    });
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(records_, static_cast<std::size_t>(kRequests * kClients * (kClients + 1) / 2));
}

TEST_F(HttpSourceTest, AFullQueueAsksToComeBackAndLosesNothing) {
  HttpSourceOptions options;
  options.intake.queue_records = 3;
  open(options);
  RawClient waiting(port_), refused(port_);
  waiting.send(post("/events", "[1,2]"));
  // Nobody pulls: at some moment it is in the queue, and then the next one does not fit.
  RawAnswer answer;
  while (source_->lag() != 2) std::this_thread::yield();
  refused.send(post("/events", "[1,2]"));
  answer = refused.answer();
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.header("retry-after"), "1");
  run_pipeline();
  EXPECT_EQ(waiting.answer().status, 200);
  refused.send(post("/events", "[1,2]"));  // on the same connection
  EXPECT_EQ(refused.answer().status, 200);
  EXPECT_EQ(records_, 4u);
}

TEST_F(HttpSourceTest, TroubleIsToldBeforeABodyIsTaken) {
  std::atomic<bool> locked{true};
  HttpSourceOptions options;
  options.status.trouble = [&] { return std::string(locked ? "the store is locked" : ""); };
  options.status.metrics = [] {
    return std::vector<http::Metric>{
        {"racesim_rows_total", "Rows", http::Metric::Kind::counter, 12345678901.0, {{"table", "a\"b"}}},
        {"racesim_rows_total", "Rows", http::Metric::Kind::counter, 2, {{"table", "c\\d"}}},
        {"racesim_lag", "Back\\slash\nline", http::Metric::Kind::gauge, 0.5, {}}};
  };
  open(options);
  run_pipeline();
  const RawAnswer busy = ask(post("/events", "[1]"));
  EXPECT_EQ(busy.status, 503);
  EXPECT_NE(busy.body.find("the store is locked"), std::string::npos);
  EXPECT_EQ(ask(get("/readyz")).status, 503);
  EXPECT_EQ(ask(get("/healthz")).status, 200);
  locked = false;
  EXPECT_EQ(ask(get("/readyz")).body, "ready\n");
  EXPECT_EQ(ask(post("/events", "[1]")).status, 200);
  EXPECT_EQ(ask(get("/metrics")).body,
            "# HELP racesim_rows_total Rows\n# TYPE racesim_rows_total counter\n"
            "racesim_rows_total{table=\"a\\\"b\"} 12345678901\nracesim_rows_total{table=\"c\\\\d\"} 2\n"
            "# HELP racesim_lag Back\\\\slash\\nline\n# TYPE racesim_lag gauge\nracesim_lag 0.5\n");
}

TEST_F(HttpSourceTest, StopAnswersWhatWasTakenIn) {
  open();
  RawClient pulled(port_), queued(port_), later(port_);
  later.send(get("/healthz"));
  EXPECT_EQ(later.answer().status, 200);
  pulled.send(post("/events", "[1]"));
  RecordBlock first, second;
  while (*source_->pull(first, 1000) != Pulled::records) {
  }
  queued.send(post("/events", "[2]"));
  while (source_->lag() != 1) std::this_thread::yield();
  source_->stop();
  while (*source_->pull(second, 1000) != Pulled::records) {
  }
  EXPECT_EQ(*source_->pull(second, 0), Pulled::ended);
  source_->settled(first, all_stored(first));
  EXPECT_EQ(pulled.answer().status, 200);
  EXPECT_TRUE(later.at_end());
  source_.reset();  // the other one was never settled
  EXPECT_EQ(queued.answer().status, 503);
}

TEST_F(HttpSourceTest, OffLoopbackNeedsAToken) {
  HttpSourceOptions options;
  options.listen = "0.0.0.0:0";
  const auto refused = make_http_source(options);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  options.server.token = "t";
  EXPECT_TRUE(make_http_source(options).has_value());
}

// Whatever bytes come: an answer or a close, never a crash, and the next client is served.
TEST_F(HttpSourceTest, DamagedRequestsAreAnsweredOrClosed) {
  open();
  run_pipeline();
  const std::vector<std::string> good{
      post("/events", "[{\"a\":[1,2]},{\"b\":\"x\"}]"),
      post("/play", "{\"a\":1}\n{\"a\":2}\n",
           "Content-Type: application/x-ndjson\r\nExpect: 100-continue\r\n"),
      "POST /events HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\n[1,2,\r\n3\r\n3] "
      "\r\n0\r\nA: b\r\n\r\n",
      get("/metrics") + get("/healthz"),
  };
  static constexpr std::string_view kBytes = "\r\n\0 :;,[]{}\"\\0123456789abcfgzGPOST/\x16\xff"sv;
  std::mt19937 random(11);
  const auto below = [&](std::size_t n) { return random() % n; };
  int answered = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string bytes = good[below(good.size())] + (below(3) == 0 ? good[below(good.size())] : "");
    for (std::size_t k = 1 + below(4); k > 0; --k) {
      const std::size_t at = below(bytes.size());
      if (const std::size_t how = below(4); how == 0)
        bytes.erase(at, 1 + below(5));
      else if (how == 1)
        bytes.insert(at, 1 + below(3), kBytes[below(kBytes.size())]);
      else if (how == 2)
        bytes[at] = kBytes[below(kBytes.size())];
      else
        bytes.resize(at + 1);
      if (bytes.empty()) bytes = "x";
    }
    RawClient client(port_);
    client.send(bytes);
    client.end_sending();
    for (RawAnswer answer = client.answer(bytes.starts_with("HEAD")); answer.status != 0;
         answer = client.answer()) {
      ++answered;
      ASSERT_TRUE(answer.status >= 100 && answer.status < 600) << "case " << i;
      ASSERT_NE(answer.status, 500) << "case " << i;
    }
  }
  EXPECT_GT(answered, 2000);
  EXPECT_EQ(ask(post("/events", "[1]")).status, 200);
}

}  // namespace
}  // namespace racesim
