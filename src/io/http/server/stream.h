// Answers that go on: server-sent events and WebSockets. All of it belongs to the server's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/http/server/message.h"

namespace racesim::http {

/// Bytes that many connections may send at the same time.
using SharedText = std::shared_ptr<const std::string>;

enum class StreamKind : std::uint8_t {
  event_stream,  ///< text/event-stream; pieces are whole events
  websocket,     ///< pieces are whole frames, made by append_text_frame() and append_binary_frame()
};

struct StreamLimits {
  std::size_t message_bytes = std::size_t{64} << 10;  ///< of a WebSocket's client
  std::int64_t beat_ns = 20'000'000'000;  ///< between signs of life; a client that gives none for two is gone
  std::int64_t ending_ns = 2'000'000'000;  ///< for a client to take its end
};

/// What a stream writes to: its connection.
class StreamWriter {
 public:
  /// Nothing is on its way: a write() may follow. False for good once the connection is gone.
  virtual bool has_room() const = 0;
  /// Sends the pieces, one behind the other. has_room() is true; on_room() follows when they have gone out.
  virtual void write(std::vector<SharedText> pieces) = 0;
  /// Ends the connection behind what is on its way: a WebSocket with this code and reason (at most 123
  /// bytes), an event stream just so. A client that does not take it in time is cut off.
  virtual void end(std::uint16_t code, std::string reason) = 0;

 protected:
  ~StreamWriter() = default;
};

/// What feeds such a connection. Destroyed when the connection is gone.
class LiveStream {
 public:
  virtual ~LiveStream() = default;
  /// Once, when the answer's head is on its way. `to` outlives this.
  virtual void begin(StreamWriter& to) = 0;
  /// What was written last has gone out.
  virtual void on_room() = 0;
  /// A whole text message of a WebSocket's client, in UTF-8.
  virtual void on_message(std::string_view message) { static_cast<void>(message); }
  /// A whole binary one.
  virtual void on_binary(std::string_view message) { static_cast<void>(message); }
  /// Some times a second, by the server's clock.
  virtual void on_tick(std::int64_t now_ns) { static_cast<void>(now_ns); }
};

/// What opens a stream: the stream, or the answer in its place.
struct StreamOpening {
  std::unique_ptr<LiveStream> stream;
  Response refusal{};  ///< where there is no stream
  std::string
      protocol{};  ///< of a WebSocket: the one of those that the client offers (Sec-WebSocket-Protocol)
};

/// The codes of RFC 6455, 7.4.1, that this server sends.
inline constexpr std::uint16_t kCloseNormal = 1000;
inline constexpr std::uint16_t kCloseGoingAway = 1001;
inline constexpr std::uint16_t kCloseProtocolError = 1002;
inline constexpr std::uint16_t kCloseBadText = 1007;
inline constexpr std::uint16_t kCloseTooBig = 1009;
inline constexpr std::uint16_t kCloseTryLater = 1013;

/// Appends the frame of a message.
void append_text_frame(std::string_view message, std::string& to);
void append_binary_frame(std::string_view message, std::string& to);

}  // namespace racesim::http
