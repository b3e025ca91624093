// Goal: whatever bytes a client sends, the reader of requests reads them alike however the network cuts them,
// and never says that it took more than there was. Method: heads and bodies read whole and byte by byte must
// be the same.
#include <optional>
#include <string>

#include "io/http/server/body_reader.h"
#include "io/http/server/head_reader.h"
#include "io/http/server/query.h"
#include "target.h"

namespace racesim::http {
namespace {

constexpr std::size_t kBodyMost = 4096;

struct BodyRead {
  BodyReader::State state = BodyReader::State::more;
  std::size_t taken = 0;
  std::string body;
  unsigned refusal = 0;
  bool operator==(const BodyRead&) const = default;
};

/// Feeds `bytes` in pieces of `step`.
BodyRead read_body(const BodyFrame& frame, bool gzip, std::string_view bytes, std::size_t step) {
  BodyReader reader(frame, gzip, kBodyMost);
  BodyRead read;
  while (read.state == BodyReader::State::more && read.taken < bytes.size()) {
    const std::size_t given = std::min(step, bytes.size() - read.taken);
    std::string_view piece = bytes.substr(read.taken, given);
    read.state = reader.feed(piece);
    fuzz::must_hold(piece.size() <= given, "a body takes what it was given, and no more");
    read.taken += given - piece.size();
    if (read.state == BodyReader::State::more && !piece.empty()) break;
  }
  if (read.state == BodyReader::State::refused) read.refusal = reader.refusal().status;
  if (read.state == BodyReader::State::done) {
    const ByteBuffer body = reader.take();
    fuzz::must_hold(body.size() <= kBodyMost, "a body keeps to its limit");
    read.body.assign(body.view());
  }
  return read;
}

std::size_t head_end_by_bytes(std::string_view bytes) {
  for (std::size_t size = 1; size <= bytes.size(); ++size)
    if (const std::size_t end = find_head_end(bytes.substr(0, size), size - 1); end != 0) return end;
  return 0;
}

void try_body(const BodyFrame& frame, std::string_view bytes) {
  for (const bool gzip : {false, true}) {
    const BodyRead whole = read_body(frame, gzip, bytes, bytes.size() + 1);
    const BodyRead torn = read_body(frame, gzip, bytes, 1);
    // What a refused body had taken in depends on the pieces, and does not matter: its connection ends.
    fuzz::must_hold(whole.state == torn.state && whole.refusal == torn.refusal,
                    "a body is judged alike in pieces");
    if (whole.state == BodyReader::State::done)
      fuzz::must_hold(whole == torn, "a body is the same in pieces");
  }
}

void try_request(std::string_view bytes) {
  const std::size_t end = find_head_end(bytes, 0);
  fuzz::must_hold(end <= bytes.size(), "a head ends within the bytes");
  fuzz::must_hold(end == head_end_by_bytes(bytes), "a head ends at the same place in pieces");
  if (end == 0 || end > HeadLimits{}.bytes) return;
  const ParsedHead parsed = parse_head(bytes.substr(0, end), HeadLimits{});
  if (parsed.refusal) {
    fuzz::must_hold(parsed.refusal->status >= 400, "a refusal is an error");
    return;
  }
  fuzz::must_hold(!(parsed.frame.chunked && parsed.frame.length), "one framing only");
  static_cast<void>(parse_query(parsed.head.query));
  if (parsed.frame.has_body()) try_body(parsed.frame, bytes.substr(end));
}

}  // namespace
}  // namespace racesim::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  racesim::http::try_request(racesim::fuzz::text_of(data, size));
  return 0;
}
