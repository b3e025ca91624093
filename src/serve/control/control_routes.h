// POST /start, /stop, /start-sim, /stop-sim and GET /status.
#pragma once

#include <vector>

#include "io/http/server/server.h"
#include "serve/control/runs.h"
#include "serve/control/start_fields.h"
#include "serve/keeping/store_keeper.h"
#include "serve/live/live_feed.h"

namespace racesim::serve {

/// What the routes need; all of it outlives the server.
struct ControlParts {
  Runs& runs;
  LiveFeed& feed;
  const Configure& configure;
  const std::vector<http::RouteParameter>& start_fields;  ///< what `configure` takes
  const StoreKeeper* store;                               ///< null: nothing is kept
};

std::vector<http::Route> control_routes(ControlParts parts);

}  // namespace racesim::serve
