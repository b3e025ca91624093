// POST /start, /stop, /start-sim, /stop-sim and GET /status.
#pragma once

#include <functional>
#include <vector>

#include "base/error.h"
#include "io/http/server/server.h"
#include "serve/control/runs.h"
#include "serve/control/start_fields.h"
#include "serve/keeping/store_keeper.h"
#include "serve/live/live_feed.h"
#include "serve/reading/topic_reader.h"

namespace racesim::serve {

/// What the routes need; all of it outlives the server.
struct ControlParts {
  Runs& runs;
  LiveFeed& feed;
  const Configure& configure;
  const std::vector<http::RouteParameter>& start_fields;  ///< what `configure` takes
  const StoreKeeper* store;                               ///< null: nothing is kept
  const TopicReader* topics;                              ///< null: there are simulations
};

/// What became of a start.
struct StartOutcome {
  Done done;             ///< busy: a run of the scenario is under way, as `status` says
  NamedStatus status{};  ///< of the run, where one was begun or is under way
};

/// Begins a run as POST /start does. By the server's thread; `told` is called once, by any.
void start_run(const ControlParts& parts, const StartFields& fields,
               const std::function<void(const StartOutcome&)>& told);

std::vector<http::Route> control_routes(ControlParts parts);

}  // namespace racesim::serve
