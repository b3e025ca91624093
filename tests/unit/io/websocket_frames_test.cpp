// Goal: frames of clients are read exactly, whatever pieces they come in, and what RFC 6455 forbids is
// refused with its code; ours can be read back. Method: random messages and control frames, cut at random
// places, against a list of what was sent; damaged frames one by one; the handshake of the RFC's own example.
#include "io/http/server/websocket_frames.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace racesim::http {
namespace {

/// A frame as a client sends it.
std::string client_frame(unsigned first_byte, const std::string& payload, std::uint32_t mask = 0x01020304) {
  std::string frame(1, static_cast<char>(first_byte));
  const std::size_t size = payload.size();
  if (size < 126) {
    frame += static_cast<char>(0x80 | size);
  } else if (size < 65536) {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(size >> 8);
    frame += static_cast<char>(size & 0xff);
  } else {
    frame += static_cast<char>(0x80 | 127);
    for (int i = 7; i >= 0; --i)
      frame += static_cast<char>(static_cast<std::uint64_t>(size) >> (8 * i) & 0xff);
  }
  char key[4];
  for (int i = 0; i < 4; ++i) key[i] = static_cast<char>(mask >> (8 * i) & 0xff);
  frame.append(key, 4);
  for (std::size_t i = 0; i < size; ++i) frame += static_cast<char>(payload[i] ^ key[i % 4]);
  return frame;
}

constexpr unsigned kText = 0x81, kBinary = 0x82, kPing = 0x89, kTextBegin = 0x01, kMore = 0x00, kLast = 0x80;
constexpr std::size_t kMost = 1 << 17;

std::uint16_t fault_of(const std::string& bytes, std::size_t most = kMost) {
  WebSocketReader reader(most);
  reader.feed(bytes);
  while (reader.next()) {
  }
  return reader.fault() ? reader.fault()->code : 0;
}

TEST(WebSocketFramesTest, RandomMessagesInRandomPieces) {
  std::mt19937 random(7);
  for (int round = 0; round < 60; ++round) {
    std::string bytes;
    std::vector<WebSocketMessage> sent;
    for (int i = 0; i < 12; ++i) {
      static constexpr std::size_t kSizes[] = {0, 1, 125, 126, 127, 500, 65535, 65536, 70000};
      std::string payload(kSizes[random() % (round % 5 == 0 ? 9 : 6)], '\0');
      for (char& c : payload) c = static_cast<char>('!' + random() % 90);
      const bool binary = random() % 2 == 0;
      const std::uint32_t mask = static_cast<std::uint32_t>(random());
      if (random() % 2 == 0) {
        bytes += client_frame(binary ? kBinary : kText, payload, mask);
      } else {  // in three frames, with a ping between them
        const std::size_t a = payload.size() / 3, b = payload.size() / 2;
        bytes += client_frame(binary ? 0x02 : kTextBegin, payload.substr(0, a), mask);
        bytes += client_frame(kPing, "p" + std::to_string(i));
        sent.push_back({Opcode::ping, "p" + std::to_string(i)});
        bytes += client_frame(kMore, payload.substr(a, b - a)) + client_frame(kLast, payload.substr(b));
      }
      sent.push_back({binary ? Opcode::binary : Opcode::text, payload});
    }
    WebSocketReader reader(kMost);
    std::vector<WebSocketMessage> got;
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t size =
          std::min<std::size_t>(1 + random() % (1 + bytes.size() / 20), bytes.size() - at);
      reader.feed(std::string_view(bytes).substr(at, size));
      at += size;
      while (auto message = reader.next()) got.push_back(std::move(*message));
    }
    ASSERT_FALSE(reader.fault()) << reader.fault()->reason;
    ASSERT_EQ(got.size(), sent.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      EXPECT_EQ(got[i].opcode, sent[i].opcode);
      EXPECT_EQ(got[i].payload, sent[i].payload);
    }
  }
}

TEST(WebSocketFramesTest, WhatIsForbidden) {
  EXPECT_EQ(fault_of(client_frame(kText, "good")), 0);
  std::string unmasked = "\x81\x02hi";
  EXPECT_EQ(fault_of(unmasked), 1002);
  EXPECT_EQ(fault_of(client_frame(0xc1, "reserved bit")), 1002);
  for (const unsigned opcode : {3u, 7u, 11u, 15u}) EXPECT_EQ(fault_of(client_frame(0x80 | opcode, "")), 1002);
  EXPECT_EQ(fault_of(client_frame(kPing, std::string(126, 'x'))), 1002);
  EXPECT_EQ(fault_of(client_frame(0x09, "a ping in pieces")), 1002);
  EXPECT_EQ(fault_of(client_frame(kLast, "the end of nothing")), 1002);
  EXPECT_EQ(fault_of(client_frame(kTextBegin, "a") + client_frame(kText, "within")), 1002);
  EXPECT_EQ(fault_of(client_frame(kText, "\xff")), 1007);
  EXPECT_EQ(fault_of(client_frame(kBinary, "\xff")), 0);
  EXPECT_EQ(fault_of(client_frame(kText, std::string(101, 'x')), 100), 1009);
  EXPECT_EQ(
      fault_of(client_frame(kTextBegin, std::string(60, 'x')) + client_frame(kLast, std::string(41, 'x')),
               100),
      1009);
  // A length that is never sent is refused by its head, and so is one beyond 63 bits.
  EXPECT_EQ(fault_of("\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff"), 1009);
  // A character may be cut by two frames.
  EXPECT_EQ(fault_of(client_frame(kTextBegin, "\xc3") + client_frame(kLast, "\xa9")), 0);
}

TEST(WebSocketFramesTest, NothingIsReadBehindAFault) {
  WebSocketReader reader(kMost);
  reader.feed(std::string("\x81\x02hi") + client_frame(kText, "late"));
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.fault());
  EXPECT_FALSE(reader.next());
}

TEST(WebSocketFramesTest, CloseFrames) {
  EXPECT_EQ(read_close("").code, 1005);
  EXPECT_EQ(read_close(close_payload(1000, "bye")).code, 1000);
  EXPECT_EQ(read_close(close_payload(1000, "bye")).reason, "bye");
  EXPECT_FALSE(read_close(close_payload(4999, "")).fault);
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 2999, 5000}) {
    const CloseNote note = read_close(close_payload(static_cast<std::uint16_t>(code), ""));
    ASSERT_TRUE(note.fault) << code;
    EXPECT_EQ(note.fault->code, 1002);
  }
  EXPECT_EQ(read_close("x").fault->code, 1002);
  EXPECT_EQ(read_close(close_payload(1000, "\xff")).fault->code, 1007);
  // What is cut is cut between characters.
  const std::string cut = close_payload(1013, std::string(122, 'x') + "\xc3\xa9");
  EXPECT_EQ(cut.size(), 2 + 122u);
}

TEST(WebSocketFramesTest, Utf8) {
  for (const char* good :
       {"", "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x8f\x81", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"})
    EXPECT_TRUE(is_utf8(good)) << good;
  for (const char* bad : {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\xc3", "a\xff"})
    EXPECT_FALSE(is_utf8(bad)) << bad;
}

TEST(WebSocketFramesTest, FramesOfServersHaveEveryLength) {
  for (const std::size_t size : {0u, 125u, 126u, 65535u, 65536u}) {
    std::string frame;
    append_frame(Opcode::text, std::string(size, 'x'), frame);
    const std::size_t head = size < 126 ? 2 : size < 65536 ? 4 : 10;
    ASSERT_EQ(frame.size(), head + size);
    EXPECT_EQ(static_cast<unsigned char>(frame[0]), 0x81);
    EXPECT_EQ(static_cast<unsigned char>(frame[1]) & 0x80, 0) << "servers do not mask";
  }
}

RequestHead handshake() {
  RequestHead head;
  head.method = "GET";
  head.headers = {{"Host", "server.example.com"},
                  {"Upgrade", "websocket"},
                  {"Connection", "keep-alive, Upgrade"},
                  {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                  {"Sec-WebSocket-Version", "13"}};
  return head;
}

TEST(WebSocketFramesTest, HandshakeOfTheRfc) {
  EXPECT_FALSE(check_handshake(handshake()));
  EXPECT_NE(handshake_answer(handshake(), "X-More: 1\r\n")
                .find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
            std::string::npos);
  const auto without = [](std::size_t i, const std::string& value) {
    RequestHead head = handshake();
    head.headers[i].value = value;
    return check_handshake(head)->status;
  };
  EXPECT_EQ(without(1, "h2c"), 426u);
  EXPECT_EQ(without(2, "keep-alive"), 426u);
  EXPECT_EQ(without(3, "short"), 400u);
  EXPECT_EQ(without(3, "!!!!!!!!!!!!!!!!!!!!!!=="), 400u);
  EXPECT_EQ(without(4, "8"), 426u);
}

}  // namespace
}  // namespace racesim::http
