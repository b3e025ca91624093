// Goal: answers are read the same however the bytes are cut, and both readers (the strict one and the
// fall-back) agree. Method: tables, each text fed whole, in two pieces at every place, and byte by byte.
#include "io/http/answer.h"

#include <gtest/gtest.h>

#include <string>

namespace racesim::http {
namespace {

using State = AnswerReader::State;

struct Read {
  State state = State::more;
  Answer answer;
  bool leftover = false;
};

// Feeds the text up to `cut`, then the rest in pieces of `piece` bytes; then ends the connection if `eof`.
Read read_cut(std::string_view text, std::size_t cut, std::size_t piece, bool eof) {
  AnswerReader reader;
  Read read;
  const auto feed = [&](std::string_view bytes) {
    if (read.state == State::more) {
      read.state = reader.feed(bytes);
    } else {
      read.leftover = read.leftover || !bytes.empty();
    }
  };
  feed(text.substr(0, cut));
  for (std::size_t at = cut; at < text.size(); at += piece) feed(text.substr(at, piece));
  if (read.state == State::more && eof) read.state = reader.finish();
  read.answer = reader.answer();
  read.leftover = read.leftover || reader.has_leftover();
  return read;
}

template <class Check>
void for_every_cut(std::string_view text, bool eof, Check&& check) {
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    SCOPED_TRACE(cut);
    check(read_cut(text, cut, text.size(), eof));
  }
  check(read_cut(text, 0, 1, eof));
}

struct Good {
  const char* name;
  std::string text;
  unsigned status;
  bool keep_alive;
  std::string body;
  bool eof = false;
};

class HttpAnswerTest : public testing::TestWithParam<Good> {};

TEST_P(HttpAnswerTest, IsReadHoweverItIsCut) {
  const Good& good = GetParam();
  for_every_cut(good.text, good.eof, [&](const Read& read) {
    ASSERT_EQ(read.state, State::done);
    EXPECT_EQ(read.answer.status, good.status);
    EXPECT_EQ(read.answer.keep_alive, good.keep_alive);
    EXPECT_EQ(read.answer.body, good.body);
    EXPECT_EQ(read.answer.body_size, good.body.size());
    EXPECT_FALSE(read.leftover);
  });
}

INSTANTIATE_TEST_SUITE_P(
    Forms, HttpAnswerTest,
    testing::Values(
        Good{"NoContent", "HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n", 204, true, ""},
        Good{"NoReason", "HTTP/1.1 204\r\n\r\n", 204, true, ""},
        Good{"Length", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nCONTENT-LENGTH:   5  \r\n\r\nhello",
             200, true, "hello"},
        Good{"EmptyBody", "HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: Keep-Alive\r\n\r\n", 201,
             true, ""},
        Good{"Close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", 200, false,
             "ok"},
        Good{"Http10", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, false, "ok"},
        Good{"Http10KeepAlive", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
             200, true, "ok"},
        Good{"UntilEnd", "HTTP/1.1 200 OK\r\n\r\nall of it", 200, false, "all of it", true},
        Good{"Chunked",
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n",
             200, true, "abcdefg"},
        Good{"ChunkedTrailer",
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\n\r\n", 200, true,
             "a"},
        Good{"Interim",
             "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 "
             "Done\r\n\r\n",
             204, true, ""},
        Good{"TwoConnectionOptions",
             "HTTP/1.1 200 OK\r\nConnection: x-one, close\r\nContent-Length: 2\r\n\r\nok", 200, false, "ok"},
        Good{"LineFeeds", "HTTP/1.1 200 OK\nContent-Length: 5\nX: y\n\nhello", 200, true, "hello"},
        Good{"SomeLineFeeds", "HTTP/1.1 200 OK\r\nX: y\nContent-Length: 5\r\n\nhe\n\r\n", 200, true,
             "he\n\r\n"},
        Good{"LineFeedBeforeCrLf", "HTTP/1.1 200 OK\nContent-Length: 2\n\r\nok", 200, true, "ok"},
        Good{"InterimLineFeeds", "HTTP/1.1 100 Continue\n\nHTTP/1.1 204 Done\n\n", 204, true, ""},
        Good{"ChunkedLineFeeds",
             "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nab\n\n4;x=y\r\ncdef\n0\nX: y\n\n", 200, true,
             "ab\ncdef"},
        Good{"UntilEndLineFeeds", "HTTP/1.0 200 OK\nX: y\n\nall\n\nof it", 200, false, "all\n\nof it", true},
        Good{"Folded", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok", 200, true, "ok"}),
    [](const auto& form) { return form.param.name; });

TEST(HttpAnswer, RefusesGarbageHoweverItIsCut) {
  for (const char* bad :
       {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 600 High\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nhello", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: empty\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabcd\n0\n\n"}) {
    SCOPED_TRACE(bad);
    for_every_cut(bad, true, [](const Read& read) { EXPECT_EQ(read.state, State::bad); });
  }
}

TEST(HttpAnswer, NamesTheStatusLineAndTheCause) {
  struct Bad {
    const char* text;
    const char* why;
    bool lasting;
  };
  for (const Bad& bad :
       {Bad{"SSH-2.0-OpenSSH_9.2\r\n", "not HTTP: \"SSH-2.0-OpenSSH_9.2\"", false},
        Bad{"\x15\x03\x03", "not HTTP: \"\\x15\\x03\\x03\"", false},
        Bad{"HTTP/2 200\r\n\r\n", "\"HTTP/2 200\": racesim speaks HTTP/1.1", true},
        Bad{"HTTP/1.1 600 High\r\n\r\n", "\"HTTP/1.1 600 High\": there is no such status", true},
        Bad{"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
            "\"HTTP/1.1 101 Switching\": it changes to a protocol that was not asked for", true},
        Bad{"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n",
            "\"HTTP/1.1 200 OK\": a body of more than 8 MiB", true},
        Bad{"HTTP/1.1 503 Busy\r\nContent-Length: 9000000\r\n\r\n",
            "\"HTTP/1.1 503 Busy\": a body of more than 8 MiB", false},
        Bad{"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "\"HTTP/1.1 200 OK\": bad Content-Length",
            false}}) {
    SCOPED_TRACE(bad.text);
    AnswerReader reader;
    EXPECT_EQ(reader.feed(bad.text), State::bad);
    EXPECT_EQ(reader.trouble().why, bad.why);
    EXPECT_EQ(reader.trouble().lasting, bad.lasting);
  }
}

TEST(HttpAnswer, SeesTypesAndEncodings) {
  for (const char* type :
       {"application/json", "application/problem+json", "Application/JSON; charset=utf-8"}) {
    AnswerReader reader;
    const std::string head = std::string("HTTP/1.1 200 OK\r\nContent-Type: ") + type + "\r\n";
    EXPECT_EQ(reader.feed(head + "Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"), State::done);
    EXPECT_TRUE(reader.answer().json && reader.answer().typed) << type;
    EXPECT_EQ(reader.answer().encoding, "gzip");
    reader.reset();
    EXPECT_EQ(reader.feed(head + "Content-Encoding: br\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
              State::done);
    EXPECT_TRUE(reader.answer().json && reader.answer().typed) << type;
    EXPECT_EQ(reader.answer().encoding, "br");
    reader.reset();
    EXPECT_EQ(reader.feed("HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: 0\r\n\r\n"),
              State::done);
    EXPECT_FALSE(reader.answer().json || reader.answer().typed);
    EXPECT_EQ(reader.answer().encoding, "");
  }
}

TEST(HttpAnswer, HalfAnAnswerIsNotOne) {
  for (const char* half :
       {"HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", "HTTP/1.1 100 Continue\r\n\r\n"})
    for_every_cut(half, true, [](const Read& read) { EXPECT_EQ(read.state, State::bad); });
}

TEST(HttpAnswer, SeesWhatComesBehind) {
  for (const char* text :
       {"HTTP/1.1 204 No Content\r\n\r\nX", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naX",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX"})
    for_every_cut(text, false, [](const Read& read) {
      EXPECT_EQ(read.state, State::done);
      EXPECT_TRUE(read.leftover);
    });
}

TEST(HttpAnswer, ReadsOneAfterTheOther) {
  AnswerReader reader;
  EXPECT_EQ(reader.feed("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 1\r\n\r\nx"), State::done);
  EXPECT_EQ(reader.answer().retry_after, "7");
  reader.reset();
  EXPECT_FALSE(reader.started());
  EXPECT_EQ(reader.feed("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\nRetry-After: "
                        "8\r\nContent-Length: 2\r\n\r\n{}"),
            State::done);
  EXPECT_EQ(reader.answer().retry_after, "8");
  EXPECT_TRUE(reader.answer().json);
  reader.reset();
  EXPECT_EQ(reader.feed("HTTP/1.1 204 No Content\r\n\r\n"), State::done);
  EXPECT_EQ(reader.answer().retry_after, "");
  EXPECT_FALSE(reader.answer().json);
}

TEST(HttpAnswer, HoldsItsBounds) {
  const std::string filler(kHeaderBytesMax, 'x');
  AnswerReader endless;
  EXPECT_EQ(endless.feed("HTTP/1.1 200 OK\r\nX: " + filler), State::bad);
  AnswerReader long_head;
  EXPECT_EQ(long_head.feed("HTTP/1.1 200 OK\r\nX: " + filler + "\r\nContent-Length: 0\r\n\r\n"), State::bad);
  AnswerReader long_body;
  EXPECT_EQ(
      long_body.feed("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kBodyBytesMax + 1) + "\r\n\r\n"),
      State::bad);
  AnswerReader long_chunks;
  State state = long_chunks.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "10000\r\n" + std::string(0x10000, 'c') + "\r\n";
  for (int i = 0; i < 200 && state == State::more; ++i) state = long_chunks.feed(chunk);
  EXPECT_EQ(state, State::bad);
  AnswerReader long_line;
  state = long_line.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;");
  for (int i = 0; i < 10 && state == State::more; ++i) state = long_line.feed(filler);
  EXPECT_EQ(state, State::bad);
}

TEST(HttpAnswer, KeepsOnlyTheBeginningOfABody) {
  AnswerReader reader;
  const std::string body(kBodyKeptMax + 1000, 'b');
  EXPECT_EQ(reader.feed("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n"),
            State::more);
  EXPECT_EQ(reader.feed(body), State::done);
  EXPECT_EQ(reader.answer().body.size(), kBodyKeptMax);
  EXPECT_EQ(reader.answer().body_size, body.size());
}

}  // namespace
}  // namespace racesim::http
