// POST and DELETE /session: a page gives the server's token once and carries a cookie from then on, since a
// browser cannot put a header on a WebSocket, an EventSource or a download.
#pragma once

#include <string>
#include <vector>

#include "io/http/server/server.h"

namespace racesim::serve {

/// `token`: the server's; empty: it has none. `secure`: it speaks https, and so its cookie is sent by https
/// only.
std::vector<http::Route> session_routes(const std::string& token, bool secure);

}  // namespace racesim::serve
