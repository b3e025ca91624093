// Goal: a connection of graphql-transport-ws does what the protocol says: every message, every close code,
// and nothing after a close. Method: conversations written down; random ones, in which a plain account of
// what runs must agree.
#include "graphql/transport/transport_session.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace racesim::graphql {
namespace {

/// Actions as text: "send …", "close CODE REASON", "start ID QUERY", "stop ID".
std::vector<std::string> told(const TransportActions& actions) {
  std::vector<std::string> lines;
  for (const TransportAction& action : actions) {
    if (const auto* send = std::get_if<SendText>(&action)) lines.push_back("send " + send->text);
    if (const auto* close = std::get_if<CloseSocket>(&action)) {
      lines.push_back("close " + std::to_string(static_cast<int>(close->code)) + " " + close->reason);
    }
    if (const auto* start = std::get_if<StartOperation>(&action)) {
      lines.push_back("start " + start->id + " " + start->operation.query);
    }
    if (const auto* stop = std::get_if<StopOperation>(&action)) lines.push_back("stop " + stop->id);
  }
  return lines;
}

using Lines = std::vector<std::string>;

constexpr const char* INIT = R"({"type":"connection_init"})";

std::string subscribing(const std::string& id, const std::string& query = "{a}") {
  return R"({"id":")" + id + R"(","type":"subscribe","payload":{"query":")" + query + R"("}})";
}

TransportSession begun() {
  TransportSession session({});
  EXPECT_EQ(told(session.on_text(INIT)), Lines{R"(send {"type":"connection_ack"})"});
  return session;
}

TEST(Transport, AConversationFromBeginToEnd) {
  TransportSession session = begun();
  EXPECT_TRUE(session.is_acknowledged());
  EXPECT_EQ(told(session.on_text(subscribing("1"))), Lines{"start 1 {a}"});
  EXPECT_EQ(told(session.next("1", R"({"data":{"a":1}})")),
            Lines{R"(send {"id":"1","type":"next","payload":{"data":{"a":1}}})"});
  EXPECT_EQ(told(session.complete("1")), Lines{R"(send {"id":"1","type":"complete"})"});
  EXPECT_EQ(told(session.complete("1")), Lines{});
  EXPECT_EQ(told(session.on_text(subscribing("1"))), Lines{"start 1 {a}"});
  EXPECT_EQ(told(session.on_text(R"({"id":"1","type":"complete"})")), Lines{"stop 1"});
  EXPECT_EQ(told(session.next("1", "{}")), Lines{});
  EXPECT_EQ(session.operations(), 0U);
}

TEST(Transport, AnOperationCarriesAllThatARequestHas) {
  TransportSession session = begun();
  const auto actions = session.on_text(
      R"({"type":"subscribe","id":"é","payload":{"query":"q","operationName":"N","variables":{"a":[1]},"extensions":{"x":1}}})");
  ASSERT_EQ(actions.size(), 1U);
  const auto& start = std::get<StartOperation>(actions.front());
  EXPECT_EQ(start.id, "é");
  EXPECT_EQ(start.operation.operation_name, "N");
  EXPECT_EQ(start.operation.variables.find("a")->items().size(), 1U);
}

TEST(Transport, ARefusedOperationEndsWithItsErrors) {
  TransportSession session = begun();
  session.on_text(subscribing("1"));
  EXPECT_EQ(
      told(session.refuse("1", {{"no \"a\"", {{1, 2}}, {}}})),
      Lines{
          R"(send {"id":"1","type":"error","payload":[{"message":"no \"a\"","locations":[{"line":1,"column":2}]}]})"});
  EXPECT_EQ(session.operations(), 0U);
}

TEST(Transport, PingsAreAnsweredAtAnyTime) {
  TransportSession session({});
  EXPECT_EQ(told(session.on_text(R"({"type":"ping"})")), Lines{R"(send {"type":"pong"})"});
  EXPECT_EQ(told(session.on_text(R"({"type":"ping","payload":{"a":[1,null]}})")),
            Lines{R"(send {"type":"pong","payload":{"a":[1,null]}})"});
  EXPECT_EQ(told(session.on_text(R"({"type":"pong","payload":{}})")), Lines{});
  EXPECT_FALSE(session.is_closed());
}

TEST(Transport, MessagesThatAreNoneClose) {
  for (const char* message : {"",
                              "x",
                              "[]",
                              "1",
                              "{}",
                              R"({"type":1})",
                              R"({"type":"start"})",
                              R"({"type":"next","id":"1","payload":{}})",
                              R"({"type":"connection_ack"})",
                              R"({"type":"ping","payload":1})",
                              R"({"type":"connection_init","payload":"x"})",
                              R"({"type":"complete"})",
                              R"({"type":"complete","id":1})",
                              R"({"type":"subscribe"})",
                              R"({"type":"subscribe","id":"","payload":{"query":"q"}})",
                              R"({"type":"subscribe","id":1,"payload":{"query":"q"}})",
                              R"({"type":"subscribe","id":"1"})",
                              R"({"type":"subscribe","id":"1","payload":{}})",
                              R"({"type":"subscribe","id":"1","payload":{"query":1}})",
                              R"({"type":"subscribe","id":"1","payload":{"query":"q","variables":[]}})",
                              R"({"type":"subscribe","id":"1","payload":{"query":"q","operationName":1}})",
                              R"({"type":"subscribe","id":"1","payload":{"query":"q","extensions":1}})"}) {
    TransportSession session({});
    if (std::string(message).find("connection_init") == std::string::npos) session.on_text(INIT);
    const auto lines = told(session.on_text(message));
    ASSERT_EQ(lines.size(), 1U) << message;
    EXPECT_EQ(lines.front().substr(0, 11), "close 4400 ") << message;
    EXPECT_TRUE(session.is_closed());
  }
  TransportSession session({});
  EXPECT_EQ(told(session.on_binary()), Lines{"close 4400 messages are text"});
}

TEST(Transport, OperationsNeedTheAcknowledgement) {
  TransportSession session({});
  EXPECT_EQ(told(session.on_text(subscribing("1"))), Lines{"close 4401 Unauthorized"});
}

TEST(Transport, TheServiceMayRefuseAClient) {
  const auto admit = [](const Value& payload) {
    return !payload.is_null() && payload.find("token") != nullptr;
  };
  TransportSession refused({admit});
  EXPECT_EQ(told(refused.on_text(INIT)), Lines{"close 4403 Forbidden"});
  TransportSession admitted({admit});
  EXPECT_EQ(
      told(admitted.on_text(R"({"type":"connection_init","payload":{"token":"t"}})")).front().substr(0, 4),
      "send");
}

TEST(Transport, InitComesOnceAndInTime) {
  TransportSession twice = begun();
  EXPECT_EQ(told(twice.on_text(INIT)), Lines{"close 4429 connection_init came twice"});
  TransportSession late({});
  EXPECT_EQ(told(late.on_init_timeout()), Lines{"close 4408 connection_init did not come in time"});
  TransportSession in_time = begun();
  EXPECT_EQ(told(in_time.on_init_timeout()), Lines{});
}

TEST(Transport, AnIdRunsOnce) {
  TransportSession session = begun();
  session.on_text(subscribing("1"));
  EXPECT_EQ(told(session.on_text(subscribing("1"))),
            (Lines{"stop 1", "close 4409 Subscriber for 1 already exists"}));
}

TEST(Transport, OperationsHaveALimit) {
  TransportSession session({{}, 2});
  session.on_text(INIT);
  session.on_text(subscribing("1"));
  session.on_text(subscribing("2"));
  const auto lines = told(session.on_text(subscribing("3")));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_NE(lines.front().find(R"("id":"3","type":"error")"), std::string::npos);
  EXPECT_NE(lines.front().find("2 operations already"), std::string::npos);
  EXPECT_EQ(session.operations(), 2U);
}

TEST(Transport, ReasonsFitIntoACloseFrame) {
  TransportSession session = begun();
  const std::string id = std::string(60, 'x') + std::string("é€🏁é€🏁é€🏁é€🏁é€🏁");
  session.on_text(subscribing(id));
  const auto actions = session.on_text(subscribing(id));
  const std::string& reason = std::get<CloseSocket>(actions.back()).reason;
  EXPECT_LE(reason.size(), 123U);
  EXPECT_GE(reason.size(), 119U);
  EXPECT_NE(static_cast<unsigned char>(reason.back()) & 0xC0, 0xC0) << "cut within a character";
}

TEST(Transport, TheServiceMayFail) {
  TransportSession session = begun();
  EXPECT_EQ(told(session.fail("the run ended")), Lines{"close 4500 the run ended"});
  EXPECT_EQ(told(session.fail("again")), Lines{});
}

TEST(Transport, TheHeaderOffersProtocols) {
  EXPECT_TRUE(offers_transport("graphql-transport-ws"));
  EXPECT_TRUE(offers_transport("graphql-ws,\tgraphql-transport-ws , x"));
  EXPECT_FALSE(offers_transport(""));
  EXPECT_FALSE(offers_transport("graphql-ws"));
  EXPECT_FALSE(offers_transport("graphql-transport-wss, xgraphql-transport-ws"));
}

TEST(Transport, RandomConversationsKeepTheirAccount) {
  std::mt19937_64 draw(4);
  for (int round = 0; round < 500; ++round) {
    TransportSession session({{}, 4});
    std::set<std::string> running;
    bool is_open = true;
    for (int step = 0; step < 60; ++step) {
      const std::string id = std::to_string(draw() % 6);
      TransportActions actions;
      const std::uint64_t kind = draw() % 40;
      if (step == 0) {
        actions = session.on_text(INIT);
      } else if (kind < 14) {
        actions = session.on_text(subscribing(id));
      } else if (kind < 24) {
        actions = session.on_text(R"({"type":"complete","id":")" + id + "\"}");
      } else if (kind < 30) {
        actions = session.next(id, "{}");
        EXPECT_EQ(actions.size(), running.count(id));
      } else if (kind < 34) {
        actions = session.complete(id);
        EXPECT_EQ(actions.size(), running.erase(id));
      } else if (kind < 38) {
        actions = session.refuse(id, {{"x", {}, {}}});
        EXPECT_EQ(actions.size(), running.erase(id));
      } else {
        actions = session.on_text(kind == 38 ? INIT : R"({"type":"ping"})");
      }
      EXPECT_TRUE(is_open || actions.empty());
      for (const TransportAction& action : actions) {
        if (const auto* start = std::get_if<StartOperation>(&action)) {
          EXPECT_TRUE(running.insert(start->id).second);
        }
        if (const auto* stop = std::get_if<StopOperation>(&action)) {
          EXPECT_EQ(running.erase(stop->id), 1U);
        }
        if (std::holds_alternative<CloseSocket>(action)) is_open = false;
      }
      EXPECT_EQ(session.is_closed(), !is_open);
      EXPECT_EQ(session.operations(), running.size());
      EXPECT_LE(running.size(), 4U);
    }
  }
}

}  // namespace
}  // namespace racesim::graphql
