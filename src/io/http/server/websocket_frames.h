// Frames of RFC 6455 as a server reads and writes them, and its handshake. No extensions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "io/http/server/message.h"

namespace racesim::http {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// A whole message, or a control frame.
struct WebSocketMessage {
  Opcode opcode = Opcode::text;  ///< text, binary, close, ping, pong
  std::string payload;           ///< unmasked
};

/// What a client has done wrong: the code to close with, and why.
struct WebSocketFault {
  std::uint16_t code = 0;
  std::string reason;
};

/// Reads the frames of one client. One thread.
class WebSocketReader {
 public:
  /// `most`: bytes of a message, all its frames together.
  explicit WebSocketReader(std::size_t most) : most_(most) {}

  /// Adds bytes of the connection.
  void feed(std::string_view bytes) { input_.append(bytes); }
  /// The next whole message; none: more bytes are needed, or fault() tells why nothing comes any more.
  std::optional<WebSocketMessage> next();
  const std::optional<WebSocketFault>& fault() const { return fault_; }

 private:
  struct Head {
    bool last = false;
    Opcode opcode = Opcode::text;
    std::uint64_t length = 0;
    std::size_t size = 0;  // of the head with its mask
  };
  std::optional<Head> take_head();
  bool check(const Head& head);
  std::optional<WebSocketMessage> take(const Head& head);
  std::nullopt_t refuse(std::uint16_t code, std::string reason);

  const std::size_t most_;
  std::string input_;
  std::size_t used_ = 0;
  std::optional<WebSocketMessage> open_;  // of which a frame has come, and not the last one
  std::optional<WebSocketFault> fault_;
};

/// What a close frame says. A payload without a code is 1005. Faults: a code or a text that may not be.
struct CloseNote {
  std::uint16_t code = 1005;
  std::string reason;
  std::optional<WebSocketFault> fault;
};
CloseNote read_close(std::string_view payload);

/// Appends one unfragmented frame, unmasked as servers send them.
void append_frame(Opcode opcode, std::string_view payload, std::string& to);
/// The payload of a close frame; the reason is cut to what fits.
std::string close_payload(std::uint16_t code, std::string_view reason);

/// The answer to a request that is no handshake which this server can take: 400, or 426 for another version.
std::optional<Response> check_handshake(const RequestHead& head);
/// The head of the answer to a handshake that was checked; `more`: further header lines.
std::string handshake_answer(const RequestHead& head, std::string_view more);

/// True for well-formed UTF-8 without surrogates and overlong forms.
bool is_utf8(std::string_view text);

}  // namespace racesim::http
