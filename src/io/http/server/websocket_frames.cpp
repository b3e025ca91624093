#include "io/http/server/websocket_frames.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <utility>

#include "io/http/server/stream.h"

namespace racesim::http {
namespace {

constexpr std::string_view kHandshakeGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::size_t kControlMost = 125;
constexpr std::size_t kMaskSize = 4;
constexpr std::size_t kKeyTextSize = 24;  // 16 bytes in base64

/// The first `size` bytes as a number, the highest first.
std::uint64_t number_at(std::string_view bytes, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

void append_number(std::uint64_t value, int bytes, std::string& to) {
  for (int i = bytes - 1; i >= 0; --i) to += static_cast<char>(value >> (8 * i) & 0xff);
}

bool is_control(Opcode opcode) {
  return opcode >= Opcode::close;
}

/// "keep-alive, Upgrade" has the word "upgrade".
bool has_word(const std::string* list, std::string_view word) {
  if (list == nullptr) return false;
  for (std::string_view rest = *list; !rest.empty();) {
    std::string_view item = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(item.size() + 1, rest.size()));
    while (!item.empty() && (item.front() == ' ' || item.front() == '\t')) item.remove_prefix(1);
    while (!item.empty() && (item.back() == ' ' || item.back() == '\t')) item.remove_suffix(1);
    if (same_word(item, word)) return true;
  }
  return false;
}

/// RFC 6455, 7.4: those that may stand in a frame.
bool is_close_code(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

}  // namespace

bool is_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() - i < size) return false;
    const auto second = static_cast<unsigned char>(text[i + 1]);
    // Overlong forms, surrogates, and what lies beyond U+10FFFF show in the second byte.
    const unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) return false;
    for (std::size_t k = 2; k < size; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return false;
    i += size;
  }
  return true;
}

std::nullopt_t WebSocketReader::refuse(std::uint16_t code, std::string reason) {
  fault_ = WebSocketFault{code, std::move(reason)};
  input_.clear();
  used_ = 0;
  return std::nullopt;
}

std::optional<WebSocketReader::Head> WebSocketReader::take_head() {
  const std::string_view bytes = std::string_view(input_).substr(used_);
  if (bytes.size() < 2) return std::nullopt;
  const auto first = static_cast<unsigned char>(bytes[0]), second = static_cast<unsigned char>(bytes[1]);
  Head head;
  head.last = (first & 0x80) != 0;
  head.opcode = static_cast<Opcode>(first & 0x0f);
  if ((first & 0x70) != 0) return refuse(kCloseProtocolError, "reserved bits are set, and no extension is");
  if ((second & 0x80) == 0) return refuse(kCloseProtocolError, "frames of clients are masked");
  head.length = second & 0x7f;
  const std::size_t more = head.length == 127 ? 8 : head.length == 126 ? 2 : 0;
  head.size = 2 + more + kMaskSize;
  if (bytes.size() < 2 + more) return std::nullopt;
  if (more > 0) head.length = number_at(bytes.substr(2), more);
  if (!check(head) || bytes.size() < head.size) return std::nullopt;
  return head;
}

// From the head alone: nothing is kept of a frame that may not be.
bool WebSocketReader::check(const Head& head) {
  const auto opcode = static_cast<unsigned>(head.opcode);
  if (opcode > 10 || (opcode > 2 && opcode < 8)) {
    refuse(kCloseProtocolError, "a frame of an unknown kind");
  } else if (is_control(head.opcode)) {
    if (!head.last || head.length > kControlMost)
      refuse(kCloseProtocolError, "a control frame is in one piece, of at most 125 bytes");
  } else if ((head.opcode == Opcode::continuation) != open_.has_value()) {
    refuse(kCloseProtocolError,
           open_ ? "a message begins within another one" : "a message goes on that none began");
  } else if (head.length > most_ || (open_ && open_->payload.size() + head.length > most_)) {
    refuse(kCloseTooBig, "messages have at most " + std::to_string(most_) + " bytes");
  }
  return !fault_;
}

std::optional<WebSocketMessage> WebSocketReader::take(const Head& head) {
  const std::string_view bytes = std::string_view(input_).substr(used_);
  const auto length = static_cast<std::size_t>(head.length);
  const std::string_view mask = bytes.substr(head.size - kMaskSize, kMaskSize);
  std::string payload(bytes.substr(head.size, length));
  for (std::size_t i = 0; i < length; ++i) payload[i] = static_cast<char>(payload[i] ^ mask[i % kMaskSize]);
  used_ += head.size + length;
  if (is_control(head.opcode)) return WebSocketMessage{head.opcode, std::move(payload)};
  if (!open_) open_ = WebSocketMessage{head.opcode, {}};
  open_->payload += payload;
  if (!head.last) return std::nullopt;
  WebSocketMessage whole = std::move(*open_);
  open_.reset();
  if (whole.opcode == Opcode::text && !is_utf8(whole.payload))
    return refuse(kCloseBadText, "a text message is not UTF-8");
  return whole;
}

std::optional<WebSocketMessage> WebSocketReader::next() {
  while (!fault_) {
    const std::optional<Head> head = take_head();
    if (!head || input_.size() - used_ < head->size + head->length) break;
    if (std::optional<WebSocketMessage> message = take(*head)) return message;
  }
  input_.erase(0, used_);
  used_ = 0;
  return std::nullopt;
}

CloseNote read_close(std::string_view payload) {
  CloseNote note;
  if (payload.empty()) return note;
  if (payload.size() == 1) {
    note.fault = WebSocketFault{kCloseProtocolError, "a close code has two bytes"};
    return note;
  }
  note.code = static_cast<std::uint16_t>(number_at(payload, 2));
  note.reason = payload.substr(2);
  if (!is_close_code(note.code))
    note.fault = WebSocketFault{kCloseProtocolError, "a close code that none may send"};
  else if (!is_utf8(note.reason))
    note.fault = WebSocketFault{kCloseBadText, "the reason of a close is not UTF-8"};
  return note;
}

void append_frame(Opcode opcode, std::string_view payload, std::string& to) {
  to += static_cast<char>(0x80 | static_cast<unsigned>(opcode));
  if (payload.size() <= kControlMost) {
    to += static_cast<char>(payload.size());
  } else if (payload.size() <= 0xffff) {
    to += static_cast<char>(126);
    append_number(payload.size(), 2, to);
  } else {
    to += static_cast<char>(127);
    append_number(payload.size(), 8, to);
  }
  to += payload;
}

void append_text_frame(std::string_view message, std::string& to) {
  append_frame(Opcode::text, message, to);
}

void append_binary_frame(std::string_view message, std::string& to) {
  append_frame(Opcode::binary, message, to);
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
  std::string payload;
  append_number(code, 2, payload);
  std::size_t size = std::min(reason.size(), kControlMost - 2);
  // Not in the middle of a character.
  while (size > 0 && size < reason.size() && (static_cast<unsigned char>(reason[size]) & 0xc0) == 0x80)
    --size;
  payload += reason.substr(0, size);
  return payload;
}

std::optional<Response> check_handshake(const RequestHead& head) {
  if (!head.http_11 || !has_word(head.header("Upgrade"), "websocket") ||
      !has_word(head.header("Connection"), "upgrade")) {
    Response response = problem(426, "this is a WebSocket; connect with ws://, or a WebSocket client");
    response.headers = {{"Upgrade", "websocket"}, {"Connection", "Upgrade"}};
    return response;
  }
  const std::string* const version = head.header("Sec-WebSocket-Version");
  if (version == nullptr || *version != "13") {
    Response response = problem(426, "the only version of WebSocket here is 13");
    response.headers = {{"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Version", "13"}};
    return response;
  }
  const std::string* const key = head.header("Sec-WebSocket-Key");
  std::array<unsigned char, kKeyTextSize> decoded{};
  if (key == nullptr || key->size() != kKeyTextSize || !key->ends_with("==") ||
      EVP_DecodeBlock(decoded.data(), reinterpret_cast<const unsigned char*>(key->data()),
                      static_cast<int>(key->size())) < 0)
    return problem(400, "Sec-WebSocket-Key is missing, or not 16 bytes in base64");
  return std::nullopt;
}

std::string handshake_answer(const RequestHead& head, std::string_view more) {
  const std::string keyed = *head.header("Sec-WebSocket-Key") + std::string(kHandshakeGuid);
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(keyed.data()), keyed.size(), digest.data());
  std::array<unsigned char, 32> text{};
  const int size = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
  std::string answer =
      "HTTP/1.1 101 Switching Protocols\r\nServer: racesim\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Accept: ";
  answer.append(reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(size));
  return answer.append("\r\n").append(more).append("\r\n");
}

}  // namespace racesim::http
