// Sends points to an InfluxDB and says what came of it: one request, one reply.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace racesim::influx {

struct Reply {
  enum class Kind : std::uint8_t {
    answered,    ///< `status` says what the server thinks of it
    unreadable,  ///< an answer that is no HTTP, or none in time: it may have taken the points
    network,     ///< refused, reset, closed
    untrusted,   ///< the server's certificate is not trusted
  };
  Kind kind = Kind::network;
  unsigned status = 0;
  std::string why;          ///< "HTTP 503: try later", "Connection refused"
  std::string said;         ///< the server's own words, if it answered with any
  std::string retry_after;  ///< the header's value; empty: none
};

/// Used by one thread.
class Poster {
 public:
  virtual ~Poster() = default;
  /// Whole lines of line protocol, one request. Waits for the answer.
  virtual Reply post(std::string_view lines) = 0;
};

}  // namespace racesim::influx
