// Goal: a lane's decisions over minutes of failures, and over thousands of random histories. Method: a
// pretend connection, pretend timers and a pretend clock; nothing waits and no thread runs.
#include "io/http/lane.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>

#include "http_support.h"

namespace racesim::http {
namespace {

using namespace test;

constexpr std::int64_t kSecondNs = 1'000'000'000;

class PretendClock final : public Clock {
 public:
  std::int64_t now_ns() override { return now; }
  std::int64_t wall_ns() override { return 784111777 * kSecondNs + now; }
  void sleep_until(std::int64_t deadline_ns) override { now = std::max(now, deadline_ns); }
  std::int64_t now = 0;
};

struct PretendTimer final : Timer {
  explicit PretendTimer(std::optional<std::int64_t>& slot) : at(slot) {}
  void arm(std::int64_t at_ns) override { at = at_ns; }
  void cancel() override { at.reset(); }
  std::optional<std::int64_t>& at;
};

// What the lane asked its connection for and has not got yet.
struct PretendTransport final : Transport {
  void open() override {
    close();
    opening = true;
    ++opens;
  }
  void send(std::string_view bytes) override { request = bytes; }
  bool sent() const override { return whole; }
  void receive() override { receiving = true; }
  bool quiet() override { return is_quiet; }
  void close() override { opening = receiving = false; }

  bool opening = false, receiving = false, whole = true, is_quiet = true;
  int opens = 0;
  std::string request;
};

class HttpLaneTest : public testing::Test {
 protected:
  HttpLaneTest() { build(); }

  void build() {
    lane_.emplace(LaneParts{clock_, options_, writer_, delivery_, nullptr}, stream_key(seed_, "test", 0));
    auto transport = std::make_unique<PretendTransport>();
    transport_ = transport.get();
    lane_->attach(std::move(transport), std::make_unique<PretendTimer>(try_at_),
                  std::make_unique<PretendTimer>(backoff_at_));
    delivery_.on_end = [this] { end_seen_ = true; };
  }
  void submit(std::size_t events, std::uint32_t entities = 1) {
    ASSERT_EQ(delivery_.reserve(events), events);
    lane_->push(EventGroup::range(make_plays(events, entities, next_event_), 0, events));
    next_event_ += events;
    lane_->kick();
  }
  // The next thing that happens on its own: a timer. False: none is set.
  bool pass_time() {
    if (!try_at_ && !backoff_at_) return false;
    const bool backoff_first = backoff_at_ && (!try_at_ || *backoff_at_ <= *try_at_);
    std::optional<std::int64_t>& slot = backoff_first ? backoff_at_ : try_at_;
    clock_.now = std::max(clock_.now, *slot);
    slot.reset();
    backoff_first ? lane_->on_backoff_timer() : lane_->on_try_timer();
    return true;
  }
  void wait_for_back_off() {
    while (backoff_at_) ASSERT_TRUE(pass_time());
  }
  void open_well() {
    ASSERT_TRUE(transport_->opening);
    transport_->opening = false;
    lane_->on_open();
  }
  void refuse() {
    ASSERT_TRUE(transport_->opening);
    transport_->opening = false;
    lane_->on_open_failed({"Connection refused", false});
  }
  void answer(const std::string& text) {
    ASSERT_TRUE(transport_->receiving);
    transport_->receiving = false;
    lane_->on_received(text);
  }
  void reset_connection() {
    ASSERT_TRUE(transport_->receiving);
    transport_->receiving = false;
    lane_->on_broken(false, "Connection reset by peer");
  }
  std::vector<nlohmann::json> dead() {
    EXPECT_TRUE(dead_.sync());
    return dead_letters(dead_.path());
  }
  std::string key() const {
    const std::size_t at = transport_->request.find("Idempotency-Key: ") + 17;
    return transport_->request.substr(at, transport_->request.find("\r\n", at) - at);
  }

  std::uint64_t seed_ = 1;
  ScratchDir dir_;
  PretendClock clock_;
  HttpOptions options_;
  Endpoint endpoint_ = *parse_endpoint("http://receiver.example/play");
  RequestWriter writer_{endpoint_, options_, ""};
  SinkCounters counters_;
  AckedIds acked_;
  DeadLetter dead_{dir_ / "dead.ndjson"};
  Delivery delivery_{endpoint_, options_, counters_, &acked_, dead_};
  std::optional<Lane> lane_;
  PretendTransport* transport_ = nullptr;
  std::optional<std::int64_t> try_at_, backoff_at_;
  std::uint64_t next_event_ = 0;
  bool end_seen_ = false;
};

constexpr const char* kOk = "HTTP/1.1 204 No Content\r\n\r\n";

TEST_F(HttpLaneTest, ObeysRetryAfterInBothForms) {
  submit(1);
  open_well();
  answer("HTTP/1.1 503 Busy\r\nRetry-After: 20\r\nContent-Length: 0\r\n\r\n");
  wait_for_back_off();
  EXPECT_EQ(clock_.now, 20 * kSecondNs);
  answer("HTTP/1.1 429 Slow\r\nRetry-After: Sun, 06 Nov 1994 08:50:57 GMT\r\nContent-Length: 0\r\n\r\n");
  wait_for_back_off();
  EXPECT_EQ(clock_.now, 80 * kSecondNs);
  answer(kOk);
  EXPECT_EQ(counters_.acked.load(), 1u);
  EXPECT_EQ(counters_.retried.load(), 2u);
  EXPECT_EQ(transport_->opens, 1);  // the connection was kept all the time
}

TEST_F(HttpLaneTest, AskedToWaitTooLongItWaitsAndDoesNotAskBefore) {
  submit(1);
  open_well();
  transport_->request.clear();
  answer("HTTP/1.1 503 Busy\r\nRetry-After: 86400\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(counters_.failed.load(), 0u);
  wait_for_back_off();
  EXPECT_EQ(clock_.now, options_.retry_max_time_ns) << "the next request is not rushed to the server either";
  EXPECT_EQ(transport_->request, "") << "sooner than it was allowed to";
  EXPECT_EQ(counters_.failed.load(), 1u);
  EXPECT_EQ(dead().at(0)["error"], "HTTP 503 (Retry-After 1d is beyond --retry-max-time 5m)");
}

TEST_F(HttpLaneTest, AWaitIsNotedUntilItEnds) {
  submit(1);
  open_well();
  EXPECT_FALSE(counters_.wait.longest());
  clock_.now = 7 * kSecondNs;
  answer("HTTP/1.1 503 Busy\r\nRetry-After: 20\r\nContent-Length: 0\r\n\r\n");
  auto wait = counters_.wait.longest();
  ASSERT_TRUE(wait);
  EXPECT_EQ(wait->why, "HTTP 503");
  EXPECT_EQ(wait->since_ns, 7 * kSecondNs);
  EXPECT_EQ(wait->until_ns, 27 * kSecondNs);
  wait_for_back_off();
  answer("HTTP/1.1 500 Oops\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n");
  wait = counters_.wait.longest();
  ASSERT_TRUE(wait);
  EXPECT_EQ(wait->why, "HTTP 500");
  EXPECT_EQ(wait->since_ns, 7 * kSecondNs) << "it is the same wait";
  EXPECT_EQ(wait->until_ns, 57 * kSecondNs);
  wait_for_back_off();
  answer(kOk);
  EXPECT_FALSE(counters_.wait.longest());
}

TEST_F(HttpLaneTest, WhatAnEndCutsOffKeepsTheLastAnswer) {
  submit(1);
  open_well();
  submit(1);
  answer("HTTP/1.1 503 Busy\r\nRetry-After: 20\r\nContent-Length: 0\r\n\r\n");
  delivery_.abandon();
  lane_->fail_all();
  EXPECT_EQ(dead().at(0)["error"], "HTTP 503; the run ended before the receiver confirmed");
  EXPECT_EQ(dead().at(1)["error"], "the run ended before the receiver confirmed; before it: HTTP 503");
  EXPECT_FALSE(counters_.wait.longest());
}

TEST_F(HttpLaneTest, AStopDoesNotWaitForWhoWasNeverReached) {
  submit(1);
  refuse();
  EXPECT_FALSE(end_seen_);
  delivery_.stop_reaching();
  EXPECT_TRUE(end_seen_);
  lane_->fail_all();
  ASSERT_TRUE(delivery_.error());
  EXPECT_EQ(delivery_.error()->what, "cannot reach http://receiver.example/play: Connection refused");
  EXPECT_NE(delivery_.error()->hint.find("tried until the run was stopped"), std::string::npos);
  EXPECT_EQ(dead().at(0)["error"], "cannot reach http://receiver.example/play: Connection refused");
}

TEST_F(HttpLaneTest, AStopWhileTheFirstConnectionIsTriedEndsWithIt) {
  submit(1);
  delivery_.stop_reaching();
  EXPECT_FALSE(end_seen_) << "it may still come about";
  refuse();
  EXPECT_TRUE(end_seen_);
}

TEST_F(HttpLaneTest, AStopGoesOnTryingWhoWasReached) {
  submit(1);
  open_well();
  answer("HTTP/1.1 503 Busy\r\nRetry-After: 20\r\nContent-Length: 0\r\n\r\n");
  delivery_.stop_reaching();
  EXPECT_FALSE(end_seen_);
  wait_for_back_off();
  answer(kOk);
  EXPECT_EQ(counters_.acked.load(), 1u);
}

TEST_F(HttpLaneTest, ADeadServerIsTriedForTheWholeTime) {
  submit(1);
  open_well();
  answer(kOk);
  transport_->is_quiet = false;  // the server closed the idle connection, and listens no more
  const std::int64_t down_ns = clock_.now;
  submit(1);
  const int opens_before = transport_->opens;
  while (counters_.failed.load() == 0) {
    refuse();
    wait_for_back_off();
  }
  EXPECT_EQ(clock_.now, down_ns + options_.retry_max_time_ns);
  const int tries = transport_->opens - opens_before + 1;
  EXPECT_GT(tries, 15);
  EXPECT_LT(tries, 60);
  EXPECT_EQ(counters_.retried.load(), static_cast<std::uint64_t>(tries) - 1);
  EXPECT_EQ(dead().at(0)["persisted"], "no");
  EXPECT_FALSE(end_seen_);  // it had been there once: the run goes on
}

TEST_F(HttpLaneTest, ASilentServerTimesOutEachTry) {
  submit(1);
  open_well();
  std::uint32_t tries = 1;
  while (counters_.failed.load() == 0) {
    ASSERT_TRUE(pass_time());
    if (transport_->opening) {
      open_well();
      ++tries;
    }
  }
  EXPECT_EQ(tries, options_.retries + 1);
  EXPECT_GE(clock_.now, tries * options_.timeout_ns);
  EXPECT_EQ(dead().at(0)["error"], "no answer within 10 s (after 6 tries)");
  EXPECT_EQ(dead().at(0)["persisted"], "possibly");
}

TEST_F(HttpLaneTest, EventsAreSentWhenTheirFirstRequestIsWritten) {
  submit(3);
  EXPECT_EQ(counters_.sent.load(), 0u);  // there is no connection yet
  open_well();
  EXPECT_EQ(counters_.sent.load(), 1u);
  EXPECT_EQ(acked_.sent.load(), 1u);
  answer("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
  wait_for_back_off();
  EXPECT_EQ(counters_.sent.load(), 1u);  // a repeat is not sent anew, and the others still wait
  EXPECT_EQ(acked_.sent.load(), 1u);
  answer(kOk);
  EXPECT_EQ(counters_.sent.load(), 2u);
  delivery_.abandon();
  lane_->fail_all();
  EXPECT_EQ(counters_.sent.load(), 3u);  // what never went out is in the accounts all the same
  EXPECT_EQ(acked_.sent.load(), 2u);
  EXPECT_EQ(counters_.acked.load() + counters_.failed.load(), 3u);
}

TEST_F(HttpLaneTest, EndlessTimeoutsDoNotOverflow) {
  options_.timeout_ns = options_.connect_grace_ns = INT64_MAX - 5;
  clock_.now = kSecondNs;
  submit(1);
  open_well();
  EXPECT_EQ(try_at_, INT64_MAX);
  answer(kOk);
  EXPECT_EQ(counters_.acked.load(), 1u);
}

TEST_F(HttpLaneTest, OneTimerServesManyTries) {
  for (int i = 0; i < 100; ++i) {
    submit(1);
    if (transport_->opening) open_well();
    clock_.now += kSecondNs / 20;
    answer(kOk);
  }
  EXPECT_EQ(try_at_, options_.timeout_ns);  // still the wait of the first try
  submit(1);
  ASSERT_TRUE(pass_time());  // ends early for the try that is open now
  EXPECT_EQ(counters_.failed.load() + counters_.retried.load(), 0u);
  EXPECT_EQ(try_at_, 15 * kSecondNs);
  ASSERT_TRUE(pass_time());
  EXPECT_TRUE(backoff_at_.has_value());  // timed out
}

TEST_F(HttpLaneTest, GivesUpWhenNobodyListensForTheGracePeriod) {
  submit(3);
  while (!end_seen_) {
    refuse();
    if (!end_seen_) wait_for_back_off();
  }
  EXPECT_EQ(clock_.now, options_.connect_grace_ns);
  lane_->fail_all();
  EXPECT_EQ(delivery_.error()->what, "cannot reach http://receiver.example/play: Connection refused");
  EXPECT_EQ(delivery_.error()->hint,
            "tried for 10s; start the receiver or name another one with --api-endpoint");
  EXPECT_EQ(counters_.sent.load(), 3u);
  EXPECT_EQ(counters_.failed.load(), 3u);
  EXPECT_EQ(dead().size(), 3u);
}

TEST_F(HttpLaneTest, AnAddressThatSwallowsPacketsEndsWithTheGracePeriod) {
  options_.timeout_ns = 60 * kSecondNs;
  submit(1);
  ASSERT_TRUE(pass_time());
  EXPECT_TRUE(end_seen_);
  EXPECT_EQ(clock_.now, options_.connect_grace_ns);
  EXPECT_EQ(delivery_.error()->what, "cannot reach http://receiver.example/play: timed out");
}

TEST_F(HttpLaneTest, AServerThatIsNotTrustedEndsTheRunAtOnce) {
  submit(1);
  transport_->opening = false;
  lane_->on_open_failed({"certificate not trusted: self-signed certificate", true});
  EXPECT_TRUE(end_seen_);
  EXPECT_NE(delivery_.error()->hint.find("--ca-file"), std::string::npos);
}

TEST_F(HttpLaneTest, AKeptConnectionThatBreaksIsReplacedAtOnce) {
  submit(1);
  open_well();
  answer(kOk);
  submit(1);
  reset_connection();
  ASSERT_TRUE(transport_->opening);  // no back-off
  open_well();
  reset_connection();
  EXPECT_TRUE(backoff_at_.has_value());  // the second time it is the server
}

TEST_F(HttpLaneTest, AnEarlyAnswerLeavesNoUsableConnection) {
  submit(2);
  open_well();
  transport_->whole = false;
  answer("HTTP/1.1 413 Too Long\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(counters_.failed.load(), 1u);
  EXPECT_TRUE(transport_->opening);
}

// Thousands of histories: the server answers, fails, resets, hangs and disappears at random; time passes at
// random.
class HttpHistory : public HttpLaneTest {
 protected:
  void live_through(std::uint64_t seed) {
    const StreamKey key = stream_key(seed, "history", 0);
    std::uint64_t draws = 0;
    const auto roll = [&](std::uint64_t n) { return below(draw(key, draws++), n); };
    std::uint64_t submitted = 0;
    for (int step = 0; step < 300 || delivery_pending(); ++step) {
      ASSERT_LT(step, 20000);
      if (step < 300 && roll(4) == 0) {
        const std::size_t events = 1 + roll(6);
        submit(events, 3);
        submitted += events;
      }
      if (transport_->opening) {
        roll(5) == 0 ? refuse() : open_well();
      } else if (transport_->receiving) {
        serve(roll(20));
      } else {
        pass_time();
      }
      if (end_seen_) lane_->fail_all();
    }
    check(submitted);
  }

 private:
  bool delivery_pending() const { return counters_.acked.load() + counters_.failed.load() < next_event_; }

  void serve(std::uint64_t what) {
    const std::string body = transport_->request.substr(transport_->request.find("\r\n\r\n") + 4);
    const auto [known, fresh] = body_of_key_.emplace(key(), body);
    EXPECT_EQ(known->second, body);
    switch (what) {
      case 0:
        return reset_connection();
      case 1:
        return answer("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
      case 2:
        return answer("HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n");
      case 3:
        return answer("nonsense");
      case 4:
        static_cast<void>(pass_time());
        return;  // silence
      case 5:
        store(body);
        return reset_connection();  // stored, but the client cannot know
      default:
        store(body);
        return answer(kOk);
    }
  }
  void store(const std::string& body) {
    // What comes again is the newest request as a whole.
    const bool again = key() == newest_key_;
    newest_key_ = key();
    for (const auto& event : events_of(body)) {
      const int user = event["user"].get<int>(), seq = event["seq"].get<int>();
      EXPECT_EQ(stored_[event["event_id"].get<std::string>()]++ > 0, again) << seq;
      if (again) continue;
      EXPECT_LT(newest_.emplace(user, -1).first->second, seq);
      newest_[user] = seq;
    }
  }
  void check(std::uint64_t submitted) {
    EXPECT_EQ(counters_.sent.load(), submitted);
    EXPECT_EQ(counters_.acked.load() + counters_.failed.load(), submitted);
    EXPECT_EQ(counters_.dead_lettered.load(), counters_.failed.load());
    const auto acked = acked_.ids();
    EXPECT_EQ(acked.size(), counters_.acked.load());
    for (const auto& [id, times] : acked) {
      EXPECT_EQ(times, 1);
      EXPECT_GE(stored_.count(id), 1u) << id << " was never stored";
    }
    std::size_t settled = acked.size();
    for (const auto& record : dead()) {
      const std::string id = record["event"]["event_id"];
      EXPECT_EQ(acked.count(id), 0u);
      if (stored_.count(id) > 0) {
        EXPECT_EQ(record["persisted"], "possibly");
      }
      ++settled;
    }
    EXPECT_EQ(settled, submitted);
  }

  std::map<std::string, std::string> body_of_key_;
  std::string newest_key_;
  std::map<int, int> newest_;  // seq by user
  std::map<std::string, int> stored_;
};

class HttpHistories : public HttpHistory, public testing::WithParamInterface<std::tuple<int, int>> {
 public:
  HttpHistories() { options_.batch = static_cast<std::uint32_t>(std::get<0>(GetParam())); }
};

TEST_P(HttpHistories, EveryEventIsSettledOnce) {
  // The constructor built the writer before the batch size was known.
  writer_ = RequestWriter(endpoint_, options_, "");
  live_through(static_cast<std::uint64_t>(std::get<1>(GetParam())));
}

INSTANTIATE_TEST_SUITE_P(Seeds, HttpHistories,
                         testing::Combine(testing::Values(1, 4), testing::Range(0, 20)));

}  // namespace
}  // namespace racesim::http
