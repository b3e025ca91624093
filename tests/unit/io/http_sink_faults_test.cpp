// Goal: whatever a server does wrong, every event ends acked or in the dead-letter file, repeats carry the
// same idempotency key, and the reason is told. Method: the scripted server misbehaves in one way per test.
// Waits of more than a fraction of a second are left to http_lane_test.cpp, where time is made up.
#include <gtest/gtest.h>

#include <optional>

#include "http_support.h"
#include "io/sinks/http.h"
#include "support/scripted_server.h"

namespace racesim {
namespace {

using namespace test;

constexpr std::int64_t kMillisecondNs = 1'000'000;

class HttpFaultTest : public testing::Test {
 protected:
  std::unique_ptr<Sink> open(const std::string& url, std::uint32_t batch = 1) {
    options_.connections = 1;
    options_.threads = 1;
    options_.batch = batch;
    auto sink = open_http_sink(url, options_, system_clock(), &acked_, dead_);
    EXPECT_TRUE(sink.has_value()) << sink.error().what;
    return sink ? std::move(*sink) : nullptr;
  }
  /// Sends `events` events to a server that answers the n-th request with the n-th reply, later ones with
  /// 204.
  void deliver(std::vector<Reply> replies, std::size_t events = 1, std::uint32_t batch = 1) {
    server_.emplace([replies = std::move(replies)](const ServedRequest& request) {
      return request.number < replies.size() ? replies[request.number] : no_content();
    });
    sink_ = open(server_->url(), batch);
    ASSERT_TRUE(sink_->submit(make_plays(events, 1), 0, events));
    ASSERT_TRUE(sink_->close());
    requests_ = server_->requests();
  }
  std::vector<nlohmann::json> dead() {
    EXPECT_TRUE(dead_.sync());
    return dead_letters(dead_.path());
  }
  void expect_one_retry_and_success() {
    expect_counts(*sink_, 1, 0);
    EXPECT_EQ(sink_->counters().retried.load(), 1u);
    ASSERT_EQ(requests_.size(), 2u);
    EXPECT_EQ(requests_[0].key(), requests_[1].key());
    EXPECT_EQ(requests_[0].body, requests_[1].body);
  }

  ScratchDir dir_;
  DeadLetter dead_{dir_ / "dead.ndjson"};
  AckedIds acked_;
  HttpOptions options_;
  std::optional<ScriptedServer> server_;
  std::unique_ptr<Sink> sink_;
  std::vector<ServedRequest> requests_;
};

TEST_F(HttpFaultTest, TriesAgainAfterBusyAnswers) {
  for (const int status : {408, 429, 500, 502, 503, 504}) {
    SCOPED_TRACE(status);
    deliver({reply(status, "Retry-After: 0\r\n", "busy")});
    expect_one_retry_and_success();
  }
}

TEST_F(HttpFaultTest, ReasonsAreCounted) {
  options_.retries = 0;
  deliver({reply(400, {}, "odd"), reply(500, {}, "boom"), reply(500, {}, "boom")}, 4);
  expect_counts(*sink_, 1, 3);
  const std::vector<FailureReason> reasons = sink_->counters().failures.reasons();
  ASSERT_EQ(reasons.size(), 2u);
  EXPECT_EQ(reasons[0].why, "HTTP 500: boom");
  EXPECT_EQ(reasons[0].events, 2u);
  EXPECT_EQ(reasons[1].why, "HTTP 400: odd");
  EXPECT_EQ(reasons[1].events, 1u);
}

TEST_F(HttpFaultTest, ManyReasonsAreCutShort) {
  std::vector<Reply> replies;
  for (int i = 0; i < 50; ++i) replies.push_back(reply(400, {}, "reason " + std::to_string(i)));
  deliver(replies, 50);
  expect_counts(*sink_, 0, 50);
  const std::vector<FailureReason> reasons = sink_->counters().failures.reasons();
  EXPECT_LE(reasons.size(), 21u);
  EXPECT_EQ(reasons[0].why, "other reasons");
  std::uint64_t events = 0;
  for (const FailureReason& reason : reasons) events += reason.events;
  EXPECT_EQ(events, 50u);
}

TEST_F(HttpFaultTest, TriesOnceWhenRefused) {
  deliver({reply(400, "Content-Type: application/json\r\n", "{\"detail\":\"no such song\"}")}, 2);
  expect_counts(*sink_, 1, 1);
  EXPECT_EQ(sink_->counters().retried.load(), 0u);
  EXPECT_EQ(requests_.size(), 2u);
  const auto records = dead();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0]["event"]["event_id"], event_id_of(0));
  EXPECT_EQ(records[0]["sink"], server_->url());
  EXPECT_EQ(records[0]["error"], "HTTP 400: {\"detail\":\"no such song\"}");
  EXPECT_EQ(records[0]["persisted"], "no");
  EXPECT_EQ(acked_.ids().count(event_id_of(1)), 1u);
}

TEST_F(HttpFaultTest, DoesNotFollowRedirects) {
  deliver({reply(301, "Location: http://127.0.0.1:9/\r\n")});
  expect_counts(*sink_, 0, 1);
  EXPECT_EQ(requests_.size(), 1u);
  EXPECT_EQ(dead().at(0)["error"], "HTTP 301 (redirects are not followed)");
}

TEST_F(HttpFaultTest, GivesUpAfterTheRetries) {
  options_.retries = 2;
  deliver({reply(503), reply(500), reply(503, "", "still busy")});
  expect_counts(*sink_, 0, 1);
  EXPECT_EQ(sink_->counters().retried.load(), 2u);
  EXPECT_EQ(requests_.size(), 3u);
  EXPECT_EQ(dead().at(0)["error"], "HTTP 503: still busy (after 3 tries)");
  EXPECT_EQ(dead().at(0)["persisted"], "possibly");
}

TEST_F(HttpFaultTest, ASlowAnswerIsATimeOut) {
  options_.timeout_ns = 100 * kMillisecondNs;
  options_.retries = 0;
  deliver({Reply{"", Reply::Then::hang}}, 2);
  expect_counts(*sink_, 1, 1);
  EXPECT_EQ(dead().at(0)["error"], "no answer within 0.1 s");
  EXPECT_EQ(dead().at(0)["persisted"], "possibly");
}

TEST_F(HttpFaultTest, TriesAgainAfterAReset) {
  deliver({Reply{"", Reply::Then::reset}});
  expect_one_retry_and_success();
}

TEST_F(HttpFaultTest, TriesAgainAfterHalfAnAnswer) {
  for (const char* half :
       {"HT", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal"}) {
    SCOPED_TRACE(half);
    deliver({Reply{half, Reply::Then::close}});
    expect_one_retry_and_success();
    deliver({Reply{half, Reply::Then::reset}});
    expect_one_retry_and_success();
  }
}

TEST_F(HttpFaultTest, TriesAgainAfterGarbage) {
  for (const char* garbage : {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 2x4 No\r\n\r\n", "\n\n\n\n",
                              "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"}) {
    SCOPED_TRACE(garbage);
    deliver({Reply{garbage, Reply::Then::hang}});
    expect_one_retry_and_success();
  }
}

TEST_F(HttpFaultTest, GarbageCountsAsARetry) {
  options_.retries = 1;
  deliver({Reply{"garbage", Reply::Then::hang}, Reply{"garbage", Reply::Then::hang}});
  expect_counts(*sink_, 0, 1);
  EXPECT_EQ(dead().at(0)["error"], "unreadable answer: not HTTP: \"garbage\" (after 2 tries)");
}

TEST_F(HttpFaultTest, WhatCannotChangeIsAskedForOnce) {
  const std::string long_header =
      "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x') + "\r\nContent-Length: 0\r\n\r\n";
  const std::vector<std::pair<std::string, std::string>> answers{
      {"HTTP/1.1 101 Switch\r\n\r\n",
       "\"HTTP/1.1 101 Switch\": it changes to a protocol that was not asked for"},
      {"HTTP/1.1 600 High\r\n\r\n", "\"HTTP/1.1 600 High\": there is no such status"},
      {"HTTP/2 200\r\nContent-Length: 0\r\n\r\n", "\"HTTP/2 200\": racesim speaks HTTP/1.1"},
      {long_header, "\"HTTP/1.1 200 OK\": more than 64 KiB of headers"}};
  for (std::size_t i = 0; i < answers.size(); ++i) {
    SCOPED_TRACE(answers[i].second);
    deliver({Reply{answers[i].first, Reply::Then::hang}});
    expect_counts(*sink_, 0, 1);
    EXPECT_EQ(requests_.size(), 1u);
    EXPECT_EQ(dead().at(i)["error"], "unreadable answer: " + answers[i].second);
  }
}

TEST_F(HttpFaultTest, AnswersThatCouldNotBeReadAreCounted) {
  deliver({reply(200, "Content-Type: application/json\r\nContent-Encoding: gzip\r\n", "\x1f\x8b"),
           reply(200, "Content-Type: application/json\r\n", "{\"acc")},
          3);
  expect_counts(*sink_, 3, 0);
  std::uint64_t unread = 0;
  for (const FailureReason& reason : sink_->counters().unread.reasons()) unread += reason.events;
  EXPECT_EQ(unread, 2u);
}

TEST_F(HttpFaultTest, BoundsHeadersAndBodies) {
  options_.retries = 0;
  const std::string long_header =
      "HTTP/1.1 200 OK\r\nX: " + std::string(70000, 'x') + "\r\nContent-Length: 0\r\n\r\n";
  const std::string long_body =
      "HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + std::string(9000000, 'b');
  const std::string fair_body =
      "HTTP/1.1 200 OK\r\nContent-Length: 7000000\r\n\r\n" + std::string(7000000, 'b');
  deliver({Reply{long_header, Reply::Then::close}, Reply{long_body, Reply::Then::close},
           Reply{fair_body, Reply::Then::keep}},
          3);
  expect_counts(*sink_, 1, 2);
  EXPECT_EQ(server_->connections(), 3u);
}

TEST_F(HttpFaultTest, ReadsAnswersOfEveryForm) {
  deliver(
      {Reply{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", Reply::Then::keep},
       Reply{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", Reply::Then::keep},
       Reply{"HTTP/1.1 201 Created\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc", Reply::Then::close},
       Reply{"HTTP/1.0 200 OK\r\n\r\nuntil the end", Reply::Then::close},
       Reply{"HTTP/1.1 202 Accepted\r\ncontent-length:0\r\n\r\n", Reply::Then::keep},
       Reply{"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", Reply::Then::keep},
       Reply{"HTTP/1.1 200 OK\r\nX: " + std::string(60'000, 'x') + "\r\nContent-Length: 0\r\n\r\n",
             Reply::Then::keep}},
      8);
  expect_counts(*sink_, 8, 0);
  EXPECT_EQ(sink_->counters().retried.load(), 0u);
  EXPECT_EQ(server_->connections(), 3u);
}

TEST_F(HttpFaultTest, SurvivesAServerThatClosesAfterEachAnswer) {
  std::vector<Reply> replies;
  for (int i = 0; i < 20; ++i) {
    Reply one = no_content();
    one.then = Reply::Then::close;  // without saying so: the next try may hit a closed connection
    replies.push_back(one);
  }
  deliver(replies, 20);
  expect_counts(*sink_, 20, 0);
}

TEST_F(HttpFaultTest, TakesAnEarlyRefusalOfALongBody) {
  // The answer comes while most of a body of many megabytes is still unsent.
  RawServer server([answer = reply(413, "", "too long").bytes](int fd) {
    char bytes[65536];
    EXPECT_GT(recv(fd, bytes, 1000, 0), 0);
    EXPECT_GT(::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL), 0);
    while (recv(fd, bytes, sizeof bytes, 0) > 0) {  // the client hangs up once it has the answer
    }
  });
  sink_ = open("http://127.0.0.1:" + std::to_string(server.port()) + "/", 100000);
  ASSERT_TRUE(sink_->submit(make_plays(60000, 1), 0, 60000));
  ASSERT_TRUE(sink_->close());
  expect_counts(*sink_, 0, 60000);
  const auto records = dead();
  EXPECT_EQ(records.at(0)["error"], "HTTP 413: too long");
  EXPECT_EQ(records.at(0)["persisted"], "no");
}

TEST_F(HttpFaultTest, SendsTheSameKeysWhenTheServerComesBack) {
  std::optional<ScriptedServer> server;
  std::vector<std::string> stored;
  const auto store = [&](const ServedRequest& request) {
    stored.push_back(request.key());
    // The third is stored but its answer is lost with the server.
    return stored.size() == 3 ? Reply{"", Reply::Then::reset} : no_content();
  };
  server.emplace(store);
  const std::uint16_t port = server->port();
  sink_ = open(server->url());
  ASSERT_TRUE(sink_->submit(make_plays(5, 1), 0, 2));
  while (sink_->counters().acked.load() < 2) std::this_thread::yield();
  server.reset();  // down: refused from now on
  ASSERT_TRUE(sink_->submit(make_plays(5, 1), 2, 5));
  while (sink_->counters().retried.load() == 0) std::this_thread::yield();
  server.emplace(store, port);
  ASSERT_TRUE(sink_->close());
  expect_counts(*sink_, 5, 0);
  EXPECT_EQ(stored, (std::vector<std::string>{event_id_of(0), event_id_of(1), event_id_of(2), event_id_of(2),
                                              event_id_of(3), event_id_of(4)}));
}

TEST_F(HttpFaultTest, FailsTheRunWhenNobodyEverListened) {
  std::uint16_t port = 0;
  {
    port = ScriptedServer([](const ServedRequest&) { return no_content(); }).port();
  }
  options_.connect_grace_ns = 100 * kMillisecondNs;
  const std::string url = "http://127.0.0.1:" + std::to_string(port) + "/play";
  sink_ = open(url);
  ASSERT_TRUE(sink_->submit(make_plays(10, 3), 0, 10));
  const Done closed = sink_->close();
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().kind, ErrorKind::runtime);
  EXPECT_EQ(closed.error().what, "cannot reach " + url + ": Connection refused");
  EXPECT_NE(closed.error().hint.find("--api-endpoint"), std::string::npos);
  expect_counts(*sink_, 0, 10);
  EXPECT_EQ(dead().size(), 10u);
  EXPECT_EQ(dead()[0]["persisted"], "no");
  EXPECT_FALSE(sink_->submit(make_plays(1, 1, 10), 0, 1));
  expect_counts(*sink_, 0, 11);
}

TEST_F(HttpFaultTest, ABlockedSubmitEndsWithTheRun) {
  std::uint16_t port = 0;
  {
    port = ScriptedServer([](const ServedRequest&) { return no_content(); }).port();
  }
  options_.connect_grace_ns = 100 * kMillisecondNs;
  options_.max_pending_events = 4;
  sink_ = open("http://127.0.0.1:" + std::to_string(port) + "/play");
  EXPECT_FALSE(sink_->submit(make_plays(100, 3), 0, 100));
  EXPECT_FALSE(sink_->close());
  expect_counts(*sink_, 0, 100);
  EXPECT_EQ(dead().size(), 100u);
}

TEST_F(HttpFaultTest, AbandonFailsWhatIsOpen) {
  ScriptedServer server([](const ServedRequest& request) {
    return request.number < 2 ? no_content() : Reply{"", Reply::Then::hang};
  });
  sink_ = open(server.url());
  ASSERT_TRUE(sink_->submit(make_plays(5, 1), 0, 5));
  while (server.requests().size() < 3) std::this_thread::yield();
  sink_->abandon();
  EXPECT_TRUE(sink_->submit(make_plays(1, 1, 5), 0, 1));
  EXPECT_TRUE(sink_->close());
  expect_counts(*sink_, 2, 4);
  std::map<std::string, std::string> persisted;
  for (const auto& record : dead()) {
    persisted[record["event"]["event_id"]] = record["persisted"];
    EXPECT_EQ(record["error"], "the run ended before the receiver confirmed");
  }
  EXPECT_EQ(persisted, (std::map<std::string, std::string>{{event_id_of(2), "possibly"},
                                                           {event_id_of(3), "no"},
                                                           {event_id_of(4), "no"},
                                                           {event_id_of(5), "no"}}));
}

TEST_F(HttpFaultTest, EventsRejectedWithinASuccessAreDeadLettered) {
  const std::string rejected = R"({"accepted":2,"rejected":[{"index":1,"reason":"unknown user"}]})";
  deliver({reply(200, "Content-Type: application/json\r\n", rejected)}, 3, 3);
  expect_counts(*sink_, 2, 1);
  const auto records = dead();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0]["event"]["event_id"], event_id_of(1));
  EXPECT_EQ(records[0]["error"], "rejected: unknown user");
  const auto acked = acked_.ids();
  EXPECT_EQ(acked.size(), 2u);
  EXPECT_EQ(acked.count(event_id_of(1)), 0u);
}

TEST_F(HttpFaultTest, ADeadLetterFileThatCannotBeWrittenStopsTheRun) {
  DeadLetter full("/dev/full");
  ScriptedServer server(
      [](const ServedRequest& request) { return request.number == 0 ? reply(400) : no_content(); });
  options_.connections = 1;
  auto sink = open_http_sink(server.url(), options_, system_clock(), nullptr, full);
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->submit(make_plays(3, 1), 0, 3));
  const Done closed = (*sink)->close();
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().what, "write dead-letter file /dev/full: No space left on device");
  EXPECT_EQ((*sink)->counters().acked.load(), 2u);  // what was open was still delivered
  EXPECT_EQ((*sink)->counters().failed.load(), 1u);
  EXPECT_EQ((*sink)->counters().dead_lettered.load(), 0u);
}

}  // namespace
}  // namespace racesim
