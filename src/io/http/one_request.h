// One request over a connection of its own: for commands that ask a server something.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "io/http/answer.h"

namespace racesim::http {

struct OneRequest {
  std::string method = "GET";
  std::string url;                              ///< with path and query
  std::string token;                            ///< "Authorization: Bearer TOKEN"; empty: none
  std::string ca_file;                          ///< PEM bundle for https; empty: the system's
  std::string body;                             ///< JSON; empty: none is sent
  std::int64_t timeout_ns = 30 * kNsPerSecond;  ///< from connecting to the end of the answer
};

/// Waits for the answer, whatever its status. Errors: usage (the URL), runtime, naming the server.
Result<Answer> send_request(const OneRequest& request, Clock& clock);

}  // namespace racesim::http
