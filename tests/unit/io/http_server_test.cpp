// Goal: the server answers what clients may send in every way in which bytes can arrive, in order, and turns
// away with the right status what they may not. Method: raw sockets against a real server on loopback; every
// limit that takes time is set so short that it comes at once.
#include "io/http/server/server.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "http_server_support.h"

namespace racesim::http {
namespace {

using test::RawAnswer;
using test::RawClient;

std::string detail_of(const RawAnswer& answer) {
  EXPECT_EQ(answer.header("content-type"), "application/problem+json") << answer.head;
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  EXPECT_TRUE(json.is_object()) << answer.body;
  EXPECT_EQ(json.value("status", 0), answer.status);
  return json.value("detail", "");
}

RawAnswer ask(std::uint16_t port, const std::string& bytes) {
  RawClient client(port);
  client.send(bytes);
  return client.answer(bytes.starts_with("HEAD"));
}

std::string gzipped(std::string_view text, int window = 15 + 16) {
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
  std::string out(compressBound(text.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - z.avail_out);
  deflateEnd(&z);
  return out;
}

std::string chunked(const std::vector<std::string>& chunks, const std::string& trailer = {}) {
  std::string out;
  for (const std::string& chunk : chunks) {
    char size[32];
    std::snprintf(size, sizeof size, "%zx;note=\"x\"\r\n", chunk.size());
    out += size + chunk + "\r\n";
  }
  return out + "0\r\n" + trailer + "\r\n";
}

std::string post_chunked(const std::string& body, const std::string& headers = {}) {
  return "POST /echo HTTP/1.1\r\nHost: here\r\n" + headers + "Transfer-Encoding: chunked\r\n\r\n" + body;
}

TEST(HttpServer, BytesMayArriveOneByOne) {
  ServerUnderTest under;
  RawClient client(under.port());
  for (const std::string& request : {post("/echo", "abc"), post_chunked(chunked({"de", "f"}, "Note: x\r\n"))})
    for (const char byte : request) ASSERT_TRUE(client.send({&byte, 1}));
  EXPECT_EQ(client.answer().body, "abc");
  EXPECT_EQ(client.answer().body, "def");
}

TEST(HttpServer, RequestsOfOneSegmentAreAnsweredInTheirOrder) {
  ServerUnderTest under;
  RawClient client(under.port());
  client.send(post("/later", "1") + post("/echo", "2") + get("/hello?3") + post("/later", "4"));
  auto [first, first_reply] = under.next();
  auto [last, last_reply] = under.next();
  // The later one first, from another thread.
  std::thread([&reply = last_reply] { reply.send({200, "text/plain", "four", {}, false}); }).join();
  first_reply.send({200, "text/plain", "one", {}, false});
  for (const char* expected : {"one", "2", "hello 3", "four"}) EXPECT_EQ(client.answer().body, expected);
  EXPECT_EQ(first.head.peer, "127.0.0.1");
}

TEST(HttpServer, MorePipelinedRequestsThanMayWaitAreAllAnswered) {
  ServerOptions options;
  options.limits.pipelined = 3;
  ServerUnderTest under(options);
  RawClient client(under.port());
  std::string all;
  for (int i = 0; i < 200; ++i) all += post("/echo", std::to_string(i));
  client.send(all);
  for (int i = 0; i < 200; ++i) ASSERT_EQ(client.answer().body, std::to_string(i));
}

TEST(HttpServer, GzipAndIdentityAreTaken) {
  ServerUnderTest under;
  const std::string text(100'000, 'x');
  EXPECT_EQ(ask(under.port(), post("/echo", gzipped(text), "Content-Encoding: gzip\r\n")).body, text);
  EXPECT_EQ(
      ask(under.port(), post("/echo", gzipped("ab") + gzipped("cd"), "Content-Encoding: x-gzip\r\n")).body,
      "abcd");
  EXPECT_EQ(ask(under.port(), post("/echo", text, "Content-Encoding: identity\r\n")).body, text);
  const std::string packed = gzipped(text);
  EXPECT_EQ(ask(under.port(),
                post_chunked(chunked({packed.substr(0, 5), packed.substr(5)}), "Content-Encoding: gzip\r\n"))
                .body,
            text);
}

TEST(HttpServer, DamagedGzipIsRefused) {
  ServerUnderTest under;
  const std::string packed = gzipped("some text that is long enough");
  EXPECT_NE(detail_of(ask(under.port(),
                          post("/echo", packed.substr(0, packed.size() - 3), "Content-Encoding: gzip\r\n")))
                .find("ends in the middle"),
            std::string::npos);
  const RawAnswer no_gzip = ask(under.port(), post("/echo", "{\"a\":1}", "Content-Encoding: gzip\r\n"));
  EXPECT_EQ(no_gzip.status, 400);
  EXPECT_NE(detail_of(no_gzip).find("the body is not"), std::string::npos);
  std::string damaged = packed;
  damaged[damaged.size() - 6] = static_cast<char>(damaged[damaged.size() - 6] ^ 1);  // of the checksum
  EXPECT_EQ(ask(under.port(), post("/echo", damaged, "Content-Encoding: gzip\r\n")).status, 400);
  EXPECT_EQ(ask(under.port(), post("/echo", packed + "x", "Content-Encoding: gzip\r\n")).status, 400);
}

// The same limit holds for a body with a length, in chunks, and for what gzip makes of a small one.
TEST(HttpServer, BodiesBeyondTheLimitAre413) {
  ServerUnderTest under({}, "127.0.0.1:0", 1000);
  EXPECT_EQ(ask(under.port(), post("/echo", std::string(1000, 'x'))).status, 200);
  EXPECT_EQ(ask(under.port(), post("/echo", std::string(1001, 'x'))).status, 413);
  EXPECT_EQ(ask(under.port(), post_chunked(chunked({std::string(600, 'x'), std::string(400, 'x')}))).status,
            200);
  EXPECT_EQ(ask(under.port(), post_chunked(chunked({std::string(600, 'x'), std::string(401, 'x')}))).status,
            413);
  EXPECT_EQ(ask(under.port(), post_chunked("ffffffffffffffff\r\n")).status, 413);
  const std::string bomb = gzipped(std::string(300'000, '\0'));
  ASSERT_LT(bomb.size(), 1000u);
  const RawAnswer refused = ask(under.port(), post("/echo", bomb, "Content-Encoding: gzip\r\n"));
  EXPECT_EQ(refused.status, 413);
  EXPECT_NE(detail_of(refused).find("1000 bytes"), std::string::npos);
  EXPECT_EQ(
      ask(under.port(), post("/echo", gzipped(std::string(1000, '\0')), "Content-Encoding: gzip\r\n")).status,
      200);
}

TEST(HttpServer, ALargeRefusedBodyDoesNotCostTheAnswer) {
  ServerUnderTest under({}, "127.0.0.1:0", 1000);
  for (int i = 0; i < 20; ++i) {
    RawClient client(under.port());
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n");
    for (int k = 0; k < 30; ++k) client.send(std::string(10'000, 'x'));
    const RawAnswer answer = client.answer();
    EXPECT_EQ(answer.status, 413);
    EXPECT_EQ(answer.header("connection"), "close");
    EXPECT_TRUE(client.at_end());
  }
}

TEST(HttpServer, HeadsBeyondTheirLimitsAre431) {
  ServerUnderTest under;
  std::string many;
  for (int i = 0; i < 100; ++i) many += "X-" + std::to_string(i) + ": 1\r\n";
  EXPECT_EQ(ask(under.port(), get("/hello", many)).status, 431);  // with Host 101
  EXPECT_EQ(ask(under.port(), get("/hello", many.substr(many.find('\n') + 1))).status, 200);
  EXPECT_EQ(ask(under.port(), get("/hello", "X: " + std::string(17'000, 'x') + "\r\n")).status, 431);
  EXPECT_EQ(ask(under.port(), get("/hello", "X: " + std::string(16'000, 'x') + "\r\n")).status, 200);
  EXPECT_EQ(ask(under.port(), "GET /" + std::string(20'000, 'x')).status, 431);  // without an end
}

TEST(HttpServer, ExpectIsAnsweredBeforeTheBody) {
  ServerUnderTest under({}, "127.0.0.1:0", 1000);
  RawClient client(under.port());
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(client.answer().status, 100);
  client.send("abc");
  EXPECT_EQ(client.answer().body, "abc");
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3000\r\n\r\n");
  EXPECT_EQ(client.answer().status, 413);
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(ask(under.port(), post("/echo", "x", "Expect: something\r\n")).status, 417);
}

TEST(HttpServer, MethodsAndPathsThatAreNotThere) {
  ServerUnderTest under;
  RawClient client(under.port());
  client.send(
      "DELETE /echo HTTP/1.1\r\nHost: h\r\n\r\nOPTIONS /hello HTTP/1.1\r\nHost: h\r\n\r\n"
      "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\nPOST /ecko HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab");
  const RawAnswer wrong_method = client.answer();
  EXPECT_EQ(wrong_method.status, 405);
  EXPECT_EQ(wrong_method.header("allow"), "POST, OPTIONS");
  const RawAnswer options = client.answer();
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(client.answer().header("allow"), "POST, GET, HEAD, OPTIONS");
  const RawAnswer missing = client.answer();
  EXPECT_EQ(missing.status, 404);
  EXPECT_NE(detail_of(missing).find("did you mean /echo?"), std::string::npos);
  // The short body of the refused request was passed over: the connection goes on.
  client.send("HEAD /hello?you HTTP/1.1\r\nHost: h\r\n\r\n");
  const RawAnswer head = client.answer(true);
  EXPECT_EQ(head.header("content-length"), "9");
  client.send(get("/hello?you"));
  EXPECT_EQ(client.answer().body, "hello you");
  EXPECT_EQ(ask(under.port(), "GET http://there/hello?x HTTP/1.1\r\nHost: there\r\n\r\n").body, "hello x");
}

TEST(HttpServer, WhatIsNoRequestIsRefusedWithTheReason) {
  ServerUnderTest under;
  const struct {
    std::string bytes;
    int status;
    std::string says;
  } cases[] = {
      {"GET /hello HTTP/1.1\nHost: h\n\n", 400, "LF alone"},
      {"GET /hello HTTP/1.1\r\nHost: h\r\nX: 1\n\r\n", 400, "LF alone"},
      {"\x16\x03\x01\x02", 400, "not https"},
      {"GET /hello HTTP/2.0\r\nHost: h\r\n\r\n", 505, "HTTP/1.1"},
      {"hello\r\n\r\n", 400, "begins with 'hello'"},
      {"GET /hello HTTP/1.1\r\n\r\n", 400, "Host"},
      {"GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "Host"},
      {"POST /echo HTTP/1.1\r\nHost: h\r\n\r\n", 411, "Content-Length"},
      {"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", 400, "Content-Length"},
      {"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n", 400,
       "Content-Length"},
      {"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "several"},
      {"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
       "several"},
      {"POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501, "chunked"},
      {"POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "HTTP/1.0"},
      {"GET /hello HTTP/1.1\r\nHost: h\r\nContent-Length: 70000\r\n\r\n", 413, "takes no body"},
      {post("/echo", "x", "Content-Encoding: br\r\n"), 415, "br is not known"},
      {post_chunked("zz\r\n"), 400, "hexadecimal"},
      {post_chunked("2\r\nabc\r\n"), 400, "longer than its size"},
      {post_chunked("1\r\na\n"), 400, "CR LF"},
      {post_chunked(std::string(300, '0')), 400, "too long"},
      {post_chunked("0\r\n" + std::string(20'000, 't')), 400, "too long"},
  };
  for (const auto& one : cases) {
    RawClient client(under.port());
    client.send(one.bytes);
    const RawAnswer answer = client.answer();
    EXPECT_EQ(answer.status, one.status) << one.bytes.substr(0, 200);
    EXPECT_NE(detail_of(answer).find(one.says), std::string::npos) << one.bytes.substr(0, 200) << answer.body;
    EXPECT_TRUE(answer.header("content-length") == std::to_string(answer.body.size()));
  }
}

TEST(HttpServer, OldClientsKeepAConnectionOnlyIfTheyAsk) {
  ServerUnderTest under;
  RawClient closing(under.port());
  closing.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(closing.answer().header("connection"), "close");
  EXPECT_TRUE(closing.at_end());
  RawClient keeping(under.port());
  for (int i = 0; i < 2; ++i) {
    keeping.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(keeping.answer().header("connection"), "keep-alive");
  }
  keeping.send(get("/hello", "Connection: close\r\n") + get("/hello"));
  EXPECT_EQ(keeping.answer().header("connection"), "close");
  EXPECT_TRUE(keeping.at_end());
}

TEST(HttpServer, AClientThatSendsNoMoreStillGetsItsAnswers) {
  ServerUnderTest under;
  RawClient client(under.port());
  client.send(post("/later", "a") + post("/echo", "b"));
  client.end_sending();
  under.next().second.send({200, "text/plain", "late", {}, false});
  EXPECT_EQ(client.answer().body, "late");
  EXPECT_EQ(client.answer().body, "b");
  EXPECT_TRUE(client.at_end());
  RawClient torn(under.port());
  torn.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  torn.end_sending();
  EXPECT_NE(detail_of(torn.answer()).find("in the middle"), std::string::npos);
}

TEST(HttpServer, AnswersToClientsThatAreGoneAndAfterTheServerHarmNobody) {
  ServerUnderTest under;
  {
    RawClient client(under.port());
    client.send(post("/later", "a"));
    auto waiting = under.next();
    client.reset();
    waiting.second.send({200, "text/plain", std::string(1'000'000, 'x'), {}, false});
  }
  EXPECT_EQ(ask(under.port(), post("/echo", "still here")).body, "still here");
  RawClient client(under.port());
  client.send(post("/later", "b"));
  auto waiting = under.next();
  under.server().close(1'000'000);  // a millisecond: the reply is still open
  EXPECT_EQ(client.answer().status, 0);
  under.destroy();
  waiting.second.send({200, "text/plain", "nobody", {}, false});
}

TEST(HttpServer, ARequestThatIsGivenUpIs500) {
  ServerUnderTest under;
  RawClient client(under.port());
  client.send(post("/later", "a"));
  under.next();  // and its reply is dropped
  EXPECT_EQ(client.answer().status, 500);
}

TEST(HttpServer, SlowHeadsAndBodiesEnd) {
  ServerOptions options;
  options.limits.head_ns = options.limits.body_ns = options.limits.idle_ns = kNsPerSecond / 20;
  ServerUnderTest under(options);
  RawClient slow_head(under.port()), slow_body(under.port()), silent(under.port()), idle(under.port());
  slow_head.send("GET /hel");
  slow_body.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  idle.send(get("/hello"));
  EXPECT_EQ(idle.answer().status, 200);
  EXPECT_EQ(slow_head.answer().status, 408);
  EXPECT_EQ(slow_body.answer().status, 408);
  for (RawClient* client : {&slow_head, &slow_body, &silent, &idle}) EXPECT_TRUE(client->at_end());
}

// A body that is fast enough may take longer than body_ns.
TEST(HttpServer, EachKibibyteOfABodyBuysASecond) {
  ServerOptions options;
  options.limits.body_ns = 1;
  options.limits.body_bytes_per_s = 1;  // ten bytes: ten seconds
  ServerUnderTest under(options);
  RawClient client(under.port()), other(under.port());
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n0123456789");
  // Some rounds of the server's clock; a body without a byte does not outlive the first of them.
  other.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n");
  EXPECT_EQ(other.answer().status, 408);
  client.send("x");
  EXPECT_EQ(client.answer().body, "0123456789x");
}

TEST(HttpServer, ClientsBeyondTheLimitAreToldSo) {
  ServerOptions options;
  options.limits.clients = 2;
  ServerUnderTest under(options);
  RawClient a(under.port()), b(under.port());
  for (RawClient* client : {&a, &b}) {
    client->send(get("/hello"));
    EXPECT_EQ(client->answer().status, 200);
  }
  {
    RawClient c(under.port());
    const RawAnswer answer = c.answer();
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.header("retry-after"), "1");
    EXPECT_TRUE(c.at_end());
  }
  a.hang_up();
  // The place is free as soon as the server has seen the end.
  for (int status = 503; status == 503;) status = ask(under.port(), get("/hello")).status;
}

TEST(HttpServer, BodiesOnTheirWayInHaveOneLimitTogether) {
  ServerOptions options;
  options.limits.reading_bytes = 1000;
  ServerUnderTest under(options);
  RawClient first(under.port()), second(under.port());
  const std::string head = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n";
  first.send(head + std::string(600, 'x'));
  second.send(head + std::string(600, 'y'));
  // Whichever comes second is refused; the other one goes on.
  RawAnswer refused;
  std::thread waits([&] { refused = second.answer(); });
  first.send(std::string(400, 'x'));
  const RawAnswer answer = first.answer();
  second.end_sending();
  waits.join();
  EXPECT_TRUE((answer.status == 200) != (refused.status == 200)) << answer.status << " " << refused.status;
  EXPECT_TRUE(answer.status == 503 || refused.status == 503 || refused.status == 400);
  EXPECT_EQ(ask(under.port(), post("/echo", std::string(900, 'z'))).status, 200);
}

TEST(HttpServer, TokensAreAskedFor) {
  ServerOptions options;
  options.token = "correct horse";
  ServerUnderTest under(options);
  const RawAnswer none = ask(under.port(), post("/echo", "x"));
  EXPECT_EQ(none.status, 401);
  EXPECT_EQ(none.header("www-authenticate"), "Bearer realm=\"racesim\"");
  for (const char* wrong :
       {"Bearer correct", "Bearer correct horses", "Basic correct horse", "Bearer ", "Bearer"}) {
    const std::string header = std::string("Authorization: ") + wrong + "\r\n";
    EXPECT_EQ(ask(under.port(), post("/echo", "x", header)).status, 401) << wrong;
  }
  EXPECT_EQ(ask(under.port(), post("/echo", "x", "Authorization: bearer correct horse\r\n")).body, "x");
  EXPECT_EQ(ask(under.port(), get("/hello")).status, 200);  // a route that needs none
  EXPECT_EQ(none.body.find("horse"), std::string::npos);
}

TEST(HttpServer, PagesOfOtherSitesMayNotWrite) {
  ServerUnderTest under;
  EXPECT_EQ(ask(under.port(), post("/echo", "x", "Origin: https://example.org\r\n")).status, 403);
  EXPECT_EQ(ask(under.port(), post("/echo", "x", "Origin: null\r\n")).status, 403);
  EXPECT_EQ(ask(under.port(), post("/echo", "x", "Origin: http://localhost.example.org\r\n")).status, 403);
  EXPECT_EQ(ask(under.port(), post("/echo", "x", "Origin: http://localhost:3000\r\n")).status, 200);
  EXPECT_EQ(ask(under.port(), post("/echo", "x", "Origin: http://[::1]:3000\r\n")).status, 200);
}

TEST(HttpServer, StopAnswersWhatIsUnderWayAndTakesNothingNew) {
  ServerUnderTest under;
  RawClient busy(under.port()), idle(under.port());
  busy.send(post("/later", "a"));
  auto waiting = under.next();
  idle.send(get("/hello"));
  EXPECT_EQ(idle.answer().status, 200);
  under.server().stop();
  EXPECT_TRUE(idle.at_end());
  waiting.second.send({200, "text/plain", "done", {}, false});
  const RawAnswer answer = busy.answer();
  EXPECT_EQ(answer.body, "done");
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_TRUE(busy.at_end());
  EXPECT_FALSE(RawClient(under.port()).connected());
}

TEST(HttpServer, ListensWhereItIsTold) {
  ServerUnderTest both({}, "localhost:0");
  EXPECT_EQ(both.server().url(), "http://localhost:" + std::to_string(both.port()));
  RawClient v4(both.port());
  EXPECT_TRUE(v4.connected());
  RawClient v6(both.port(), "::1");
  if (v6.connected()) {
    v6.send(get("/hello?6"));
    EXPECT_EQ(v6.answer().body, "hello 6");
  }
  Server second({}, {});
  const Done taken = second.listen("127.0.0.1:" + std::to_string(both.port()));
  ASSERT_FALSE(taken.has_value());
  EXPECT_EQ(taken.error().kind, ErrorKind::busy);
  for (const char* text : {"0.0.0.0:0", ":0", "*:0", "[::]:0"}) {
    const Done open = Server({}, {}).listen(text);
    ASSERT_FALSE(open.has_value()) << text;
    EXPECT_EQ(open.error().kind, ErrorKind::usage);
    EXPECT_NE(open.error().hint.find("--token-file"), std::string::npos);
  }
  ServerOptions options;
  options.token = "t";
  EXPECT_TRUE(Server({}, options).listen(":0").has_value());
  for (const char* text :
       {"8000", "127.0.0.1:", "127.0.0.1:70000", "::1:80", "127.0.0.1:8o", "no such host:1", "192.0.2.1:0"}) {
    const Done wrong = Server({}, options).listen(text);
    ASSERT_FALSE(wrong.has_value()) << text;
    EXPECT_EQ(wrong.error().kind, ErrorKind::usage) << text << wrong.error().what;
  }
}

}  // namespace
}  // namespace racesim::http
