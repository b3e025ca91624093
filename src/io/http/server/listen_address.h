// Where a server listens: "HOST:PORT" taken apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace racesim::http {

struct ListenAddress {
  std::string host;  ///< as it was given, without brackets
  std::uint16_t port = 0;
  /// Numeric addresses to bind, at least one. Those that the machine does not have are left out if another
  /// one can be bound.
  std::vector<std::string> addresses;
  bool loopback = false;  ///< all of them: no other machine can connect

  std::string text() const;  ///< "127.0.0.1:8000", "[::1]:8000"
};

/// Resolves names. Errors: usage, with an example.
Result<ListenAddress> parse_listen_address(std::string_view text);

/// Off loopback a token must protect what is listened on. Errors: usage.
Done check_protection(const ListenAddress& address, bool has_token);

/// "127.0.0.1", "::1", "::ffff:127.0.0.1" and the like.
bool is_loopback_address(std::string_view address);

}  // namespace racesim::http
