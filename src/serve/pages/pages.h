// The dashboard: files of web/dist/, which are part of the program, and the maps that they draw.
#pragma once

#include <span>
#include <vector>

#include "base/embedded_file.h"
#include "io/http/server/server.h"

namespace racesim::serve {

/// The files of web/dist/, with their endings.
std::span<const EmbeddedFile> embedded_pages();

/// GET / and /NAME for NAME.html, /assets/FILE for all others, /map?scenario= for what they draw. None needs
/// the token: a browser cannot send it with a page, and there is nothing in them that is not in the program.
std::vector<http::Route> page_routes();

}  // namespace racesim::serve
