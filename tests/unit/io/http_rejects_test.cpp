// Goal: a refusal within an answer of success is never taken for an acknowledgement. Method: tables of bodies
// that are clear, that speak of rejection without being understood, that cannot be read, and that say
// nothing.
#include "io/http/rejects.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace racesim::http {
namespace {

using List = std::vector<std::size_t>;

Answer json_answer(std::string body) {
  Answer answer;
  answer.status = 200;
  answer.json = answer.typed = true;
  answer.body_size = body.size();
  answer.body = std::move(body);
  return answer;
}

List rejected(const Verdict& verdict, bool unclear) {
  List found;
  for (const Reject& reject : verdict.rejects)
    if (reject.unclear == unclear) found.push_back(reject.index);
  return found;
}

TEST(HttpRejects, ReadsTheList) {
  const Verdict verdict = read_verdict(
      json_answer(R"({"accepted":1,"rejected":[{"index":2,"reason":"x"},{"index":0},{"index":2}]})"), 3);
  EXPECT_EQ(rejected(verdict, false), (List{0, 2}));
  EXPECT_EQ(rejected(verdict, true), List{});
  EXPECT_EQ(verdict.rejects[0].reason, "rejected by the receiver");
  EXPECT_EQ(verdict.rejects[1].reason, "x");
}

TEST(HttpRejects, SaysNothingOfEvents) {
  for (const char* body :
       {"", "{}", "[]", R"({"ok":true})", R"({"rejected":[]})", R"({"rejected" : [ ]})", R"({"rejected":0})",
        R"({"rejected":null,"accepted":3})", R"({"rejected":false})", R"({"rejected":{}})",
        R"({"result":{"rejected":[]}})", R"({"note":"none were rejected"})"}) {
    SCOPED_TRACE(body);
    const Verdict verdict = read_verdict(json_answer(body), 3);
    EXPECT_TRUE(verdict.rejects.empty());
    EXPECT_EQ(verdict.unread, "");
  }
}

TEST(HttpRejects, WhatIsNotUnderstoodFailsEveryEvent) {
  for (const char* body :
       {R"({"rejected":[{"index":"0","reason":"x"}]})", R"({"rejected":[{"index":3}]})",
        R"({"rejected":[{"index":-1}]})", R"({"rejected":[{"index":1.0}]})",
        R"({"rejected":[{"reason":"x"}]})", R"({"rejected":[7]})", R"({"rejected":[null]})",
        R"({"rejected":3})", R"({"rejected":true})", R"({"rejected":"all"})", R"({"rejected":{"index":0}})",
        R"([{"rejected":[{"index":0}]}])", R"({"status":"rejected"})", R"({"rejected":[{"index":0}])",
        R"({"rejected":[{"index":0,"rea)", R"({"rejected":)", R"({"rejected")",
        R"({"data":{"rejected":[{"index":0}]}})", "{\"rejected\":[{\"index\":0,\"reason\":\"\xff\"}]}"}) {
    SCOPED_TRACE(body);
    const Verdict verdict = read_verdict(json_answer(body), 3);
    EXPECT_EQ(rejected(verdict, true), (List{0, 1, 2}));
    EXPECT_EQ(rejected(verdict, false), List{});
    EXPECT_EQ(verdict.unread, "");
  }
  EXPECT_EQ(read_verdict(json_answer(R"({"rejected":[{"index":"0","reason":"x"}]})"), 1).rejects.at(0).reason,
            "HTTP 200 speaks of rejected events and was not understood: an index is no whole number from 0: "
            R"({"rejected":[{"index":"0","reason":"x"}]})");
}

TEST(HttpRejects, WhatIsUnderstoodKeepsItsReason) {
  const Verdict verdict =
      read_verdict(json_answer(R"({"rejected":[{"index":1,"reason":"late"},{"index":7}]})"), 3);
  EXPECT_EQ(rejected(verdict, false), List{1});
  EXPECT_EQ(rejected(verdict, true), (List{0, 2}));
  EXPECT_EQ(verdict.rejects[1].reason, "late");
}

TEST(HttpRejects, TypesThatAreNotJsonAreReadIfTheyLookLikeIt) {
  Answer answer = json_answer(R"( {"rejected":[{"index":0}]})");
  answer.json = false;
  EXPECT_EQ(rejected(read_verdict(answer, 1), false), List{0});
  answer = json_answer(R"(<p class="rejected">a page</p>)");
  answer.json = false;
  EXPECT_TRUE(read_verdict(answer, 1).rejects.empty());
}

TEST(HttpRejects, TellsOfBodiesThatCannotBeRead) {
  Answer packed = json_answer("\x1f\x8b\x08");
  packed.encoding = "gzip";
  EXPECT_EQ(read_verdict(packed, 1).unread, "HTTP 200 with a body in Content-Encoding: gzip");
  packed.json = false;
  EXPECT_EQ(read_verdict(packed, 1).unread, "");
  packed.typed = false;
  EXPECT_NE(read_verdict(packed, 1).unread, "");

  Answer large = json_answer("{\"accepted\":[" + std::string(1000, '1'));
  large.body_size = kBodyKeptMax + 1;
  EXPECT_EQ(read_verdict(large, 1).unread, "HTTP 200 with a body of more than 1 MiB");
  large.body += R"(],"rejected":[{"index":0},)";
  EXPECT_EQ(rejected(read_verdict(large, 2), true), (List{0, 1}));

  EXPECT_EQ(read_verdict(json_answer(R"({"accepted":1,"rej)"), 1).unread,
            "HTTP 200 with a body that is no whole JSON");
}

}  // namespace
}  // namespace racesim::http
