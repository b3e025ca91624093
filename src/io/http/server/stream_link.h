// The connection below a stream: what it says of itself, its control frames, and its end.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/http/server/stream.h"
#include "io/http/server/websocket_frames.h"

namespace racesim::http {

/// What a link needs of its connection.
class StreamSocket {
 public:
  /// One at a time; the link's on_sent() follows.
  virtual void send(std::vector<SharedText> pieces) = 0;
  /// Ends the connection now.
  virtual void cut() = 0;

 protected:
  ~StreamSocket() = default;
};

/// The server's thread only. `socket` outlives it.
class StreamLink final : public StreamWriter {
 public:
  StreamLink(StreamKind kind, StreamSocket& socket, std::unique_ptr<LiveStream> stream,
             const StreamLimits& limits, std::int64_t now_ns);

  /// The head of the answer; `more`: further header lines. It is the first thing that is sent: on_sent()
  /// follows.
  static std::string head_of(StreamKind kind, const RequestHead& request, std::string_view more);

  void begin();
  void on_bytes(std::string_view bytes, std::int64_t now_ns);
  void on_sent();
  void on_tick(std::int64_t now_ns);
  /// The server ends.
  void stop() { end(kCloseGoingAway, "the server is stopping"); }
  /// The connection is gone.
  void forget() { state_ = State::gone; }

  bool has_room() const override { return state_ == State::open && !sending_; }
  void write(std::vector<SharedText> pieces) override;
  void end(std::uint16_t code, std::string reason) override;

 private:
  enum class State : std::uint8_t { open, ending, ended, gone };
  void take_message(const WebSocketMessage& message);
  void on_close_frame(std::string_view payload);
  void send_control();
  void finish();

  const StreamKind kind_;
  StreamSocket& socket_;
  const std::unique_ptr<LiveStream> stream_;
  const StreamLimits limits_;
  WebSocketReader reader_;
  State state_ = State::open;
  bool sending_ = true;              // the head
  bool close_came_ = false;          // the client's
  std::optional<std::string> pong_;  // the latest to give: older pings need no answer of their own
  bool ping_ = false;
  std::string close_;  // a frame that is to be sent
  std::int64_t heard_ns_, beat_ns_, ending_since_ns_ = 0;
  std::int64_t now_ns_;
};

}  // namespace racesim::http
