// GET /ws and GET /events/stream: events as they happen.
#pragma once

#include <vector>

#include "io/http/server/server.h"
#include "serve/live/live_feed.h"

namespace racesim::serve {

/// `feed` outlives the server.
std::vector<http::Route> live_routes(LiveFeed& feed);

}  // namespace racesim::serve
