// Events from memory: GET /telemetry/latest, /recent, /violations, /export.csv.
#pragma once

#include <vector>

#include "io/http/server/server.h"
#include "serve/live/live_feed.h"

namespace racesim::serve {

/// `feed` outlives the server.
std::vector<http::Route> telemetry_routes(LiveFeed& feed);

}  // namespace racesim::serve
