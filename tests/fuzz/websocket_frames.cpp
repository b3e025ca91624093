// Goal: a client's frames give the same messages, or the same fault, however the network cuts them. Method:
// read whole and byte by byte; messages keep to their limit and texts are UTF-8.
#include <string>
#include <utility>
#include <vector>

#include "io/http/server/stream.h"
#include "io/http/server/websocket_frames.h"
#include "target.h"

namespace racesim::http {
namespace {

constexpr std::size_t kMessageMost = 1000;

struct FramesRead {
  std::vector<std::pair<Opcode, std::string>> messages;
  std::uint16_t fault = 0;
  bool operator==(const FramesRead&) const = default;
};

FramesRead read_frames(std::string_view bytes, std::size_t step) {
  WebSocketReader reader(kMessageMost);
  FramesRead read;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    reader.feed(bytes.substr(at, step));
    while (auto message = reader.next()) {
      fuzz::must_hold(message->payload.size() <= kMessageMost, "a message keeps to its limit");
      if (message->opcode == Opcode::text) fuzz::must_hold(is_utf8(message->payload), "a text is UTF-8");
      if (message->opcode == Opcode::close) static_cast<void>(read_close(message->payload));
      read.messages.emplace_back(message->opcode, std::move(message->payload));
    }
    if (reader.fault()) {
      read.fault = reader.fault()->code;
      break;
    }
  }
  return read;
}

}  // namespace
}  // namespace racesim::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = racesim::fuzz::text_of(data, size);
  if (bytes.empty()) return 0;
  racesim::fuzz::must_hold(
      racesim::http::read_frames(bytes, bytes.size()) == racesim::http::read_frames(bytes, 1),
      "frames are read alike in pieces");
  return 0;
}
