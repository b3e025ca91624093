// Goal: a stream's connection answers pings, ends in order from either side, and never sends two things at
// once. Method: a socket that only notes what it is given, and says by hand when that has gone out.
#include "io/http/server/stream_link.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace racesim::http {
namespace {

constexpr std::int64_t kBeat_ns = 20'000'000'000;

class NotingSocket final : public StreamSocket {
 public:
  void send(std::vector<SharedText> pieces) override {
    EXPECT_FALSE(sending) << "two writes at once";
    sending = true;
    last.clear();
    for (const SharedText& piece : pieces) last += *piece;
  }
  void cut() override { was_cut = true; }
  std::string last;
  bool sending = true;  // the head
  bool was_cut = false;
};

class NotingStream final : public LiveStream {
 public:
  explicit NotingStream(std::vector<std::string>& messages) : messages_(messages) {}
  void begin(StreamWriter&) override {}
  void on_room() override { messages_.emplace_back("(room)"); }
  void on_message(std::string_view message) override { messages_.emplace_back(message); }
  void on_binary(std::string_view message) override { messages_.push_back("binary " + std::string(message)); }

 private:
  std::vector<std::string>& messages_;
};

class StreamLinkTest : public testing::Test {
 protected:
  void open(StreamKind kind) {
    link.emplace(kind, socket, std::make_unique<NotingStream>(messages), StreamLimits{}, 0);
    link->begin();
    EXPECT_FALSE(link->has_room()) << "the head is on its way";
    sent();
  }
  void sent() {
    socket.sending = false;
    link->on_sent();
  }
  /// A masked frame whose mask is zero.
  static std::string frame(unsigned first, const std::string& payload) {
    return std::string(1, static_cast<char>(first)) + static_cast<char>(0x80 | payload.size()) +
           std::string(4, '\0') + payload;
  }
  static std::string close_frame(std::uint16_t code, const std::string& reason) {
    std::string bytes;
    append_frame(Opcode::close, close_payload(code, reason), bytes);
    return bytes;
  }

  std::vector<std::string> messages;
  NotingSocket socket;
  std::optional<StreamLink> link;
};

TEST_F(StreamLinkTest, MessagesAndPings) {
  open(StreamKind::websocket);
  link->on_bytes(frame(0x81, "hello") + frame(0x89, "are you there"), 1);
  EXPECT_EQ(messages.back(), "hello");
  EXPECT_EQ(socket.last, std::string("\x8a\x0d") + "are you there");
  link->on_bytes(frame(0x82, "\xff"), 1);
  EXPECT_EQ(messages.back(), "binary \xff");
  // While one pong is on its way only the latest of many pings is answered.
  for (int i = 0; i < 1000; ++i) link->on_bytes(frame(0x89, std::to_string(i)), 2);
  sent();
  EXPECT_EQ(socket.last, std::string("\x8a\x03") + "999");
}

TEST_F(StreamLinkTest, TheClientEnds) {
  open(StreamKind::websocket);
  link->on_bytes(frame(0x88, close_payload(1001, "gone")), 1);
  EXPECT_EQ(socket.last, close_frame(1001, ""));
  EXPECT_FALSE(link->has_room());
  EXPECT_FALSE(socket.was_cut);
  sent();
  EXPECT_TRUE(socket.was_cut);
}

TEST_F(StreamLinkTest, TheServerEnds) {
  open(StreamKind::websocket);
  link->write({std::make_shared<const std::string>("data")});
  link->end(kCloseTryLater, "too slow");
  EXPECT_EQ(socket.last, "data") << "behind what is on its way";
  sent();
  EXPECT_EQ(socket.last, close_frame(1013, "too slow"));
  sent();
  EXPECT_FALSE(socket.was_cut) << "the client has not answered";
  link->on_bytes(frame(0x88, close_payload(1013, "")), 2);
  EXPECT_TRUE(socket.was_cut);
}

TEST_F(StreamLinkTest, AnEndThatIsNotTakenIsCut) {
  open(StreamKind::websocket);
  link->on_tick(1);
  link->write({std::make_shared<const std::string>("data")});
  link->end(kCloseTryLater, "too slow");
  link->on_tick(1'000'000'000);
  EXPECT_FALSE(socket.was_cut);
  link->on_tick(3'000'000'000);
  EXPECT_TRUE(socket.was_cut);
}

TEST_F(StreamLinkTest, AFaultIsToldAndNothingIsTakenBehindIt) {
  open(StreamKind::websocket);
  link->on_bytes(std::string("\x81\x02hi") + frame(0x81, "late"), 1);
  EXPECT_EQ(socket.last.substr(2, 2), std::string("\x03\xea")) << "1002";
  link->on_bytes(std::string(1 << 20, 'x'), 2);
  EXPECT_EQ(messages.back(), "(room)");
}

TEST_F(StreamLinkTest, SignsOfLife) {
  open(StreamKind::websocket);
  link->on_tick(kBeat_ns + 1);
  EXPECT_EQ(socket.last, std::string("\x89\x00", 2)) << "a ping";
  sent();
  link->on_bytes(frame(0x8a, ""), kBeat_ns + 2);
  link->on_tick(2 * kBeat_ns + 2);
  sent();
  link->on_tick(3 * kBeat_ns + 3);
  EXPECT_EQ(socket.last, close_frame(1001, "no sign of life"));
}

TEST_F(StreamLinkTest, EventStreamsBeatWithAComment) {
  open(StreamKind::event_stream);
  link->on_bytes("whatever", 1);
  link->on_tick(kBeat_ns + 1);
  EXPECT_EQ(socket.last, ":\n\n");
  sent();
  link->end(kCloseGoingAway, "");
  EXPECT_TRUE(socket.was_cut);
}

}  // namespace
}  // namespace racesim::http
