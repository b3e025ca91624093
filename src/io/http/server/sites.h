// Which pages of browsers may talk to a server, and by which names it may be called.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/http/server/message.h"

namespace racesim::http {

/// How a server tells its own pages from those of other sites.
struct SiteRules {
  /// False: pages on loopback may write, and any Host is taken; what programs send events to needs no more.
  /// True: only pages of the server itself and of `allow_origins`, and without a token only under names that
  /// no foreign DNS server can point here: addresses, localhost, `own_host`, hosts of `allow_origins`.
  bool strict = false;
  std::vector<std::string> allow_origins;  ///< "https://dash.example:8443", as browsers send them
  std::string own_host;                    ///< of the address that is listened on
};

/// An origin as browsers send it: scheme, host and port, nothing behind. Errors: usage.
Done check_origin_text(std::string_view text);

/// The answer to a request of a page, or under a name, that may not. `has_token`: the server has one, so
/// that a page would have to know it.
std::optional<Response> check_site(const SiteRules& rules, bool has_token, const RequestHead& head);

/// The headers that let a page of an allowed origin read the answer, with their line ends; mostly empty.
std::string cors_lines(const SiteRules& rules, const RequestHead& head);

/// The answer to what a browser asks before it lets a page of an allowed origin send a request; none: the
/// request is no such question. `methods`: of the path.
std::optional<Response> preflight(const SiteRules& rules, const RequestHead& head,
                                  const std::string& methods);

}  // namespace racesim::http
