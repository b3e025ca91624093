// The URL that events are POSTed to, taken apart and checked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace racesim::http {

struct Endpoint {
  bool tls = false;
  std::string host;  ///< name or address, without brackets
  bool host_is_address = false;
  std::uint16_t port = 0;
  std::string target;       ///< path and query as the request line carries them, never empty
  std::string host_header;  ///< host, and port if it is not the scheme's own
  std::string url;          ///< for messages: without user, password and fragment
  /// Addresses or names to try in this order: the host itself, or both loopback addresses for "localhost".
  std::vector<std::string> candidates;
};

/// Bytes beyond ASCII in path and query are percent-encoded, as curl does. Errors: usage, with an example of
/// a right URL; a blank or another character that has to be encoded is named, and the hint writes the URL
/// out.
Result<Endpoint> parse_endpoint(std::string_view url);

}  // namespace racesim::http
