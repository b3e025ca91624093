// The head of a request: where it ends, and what it says. Boost.Beast checks its grammar.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "io/http/server/message.h"

namespace racesim::http {

struct HeadLimits {
  std::uint32_t bytes = 16 * 1024;  ///< request line, headers and the empty line
  std::uint32_t fields = 100;
};

/// What a head says of the body behind it.
struct BodyFrame {
  std::optional<std::uint64_t> length;  ///< Content-Length
  bool chunked = false;
  bool keep_alive = true;
  bool has_body() const { return chunked || length.value_or(0) > 0; }
};

struct ParsedHead {
  RequestHead head;
  BodyFrame frame;
  std::optional<Response> refusal;  ///< it is no head that can be answered otherwise
};

/// Where the head ends that begins `bytes`: the count of its bytes with the empty line. 0: it is not whole
/// yet. A line that ends in LF alone ends the head too: parse_head() refuses it then. `seen` bytes were
/// searched before.
std::size_t find_head_end(std::string_view bytes, std::size_t seen);

/// `bytes` is one whole head.
ParsedHead parse_head(std::string_view bytes, const HeadLimits& limits);

}  // namespace racesim::http
