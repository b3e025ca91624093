// The dashboard: files of web/dist/, which are part of the program, and the maps that they draw.
#pragma once

#include <span>
#include <vector>

#include "base/embedded_file.h"
#include "io/http/server/server.h"
#include "serve/control/runs.h"

namespace racesim::serve {

/// The files of web/dist/, with their endings.
std::span<const EmbeddedFile> embedded_pages();

/// GET / and /NAME for NAME.html, /assets/FILE for all others: without the token, which a browser cannot send
/// with a page; there is nothing in them that is not in the program. GET /map?scenario= is what they draw:
/// that of the scenario's run, else the built-in one. `runs` outlives the server.
std::vector<http::Route> page_routes(const Runs& runs);

}  // namespace racesim::serve
