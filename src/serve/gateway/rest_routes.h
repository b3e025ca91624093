// The gateway's REST: runs, standings, laps, telemetry, side streams, violations, charts.
#pragma once

#include <vector>

#include "io/http/server/server.h"
#include "serve/gateway/query_threads.h"

namespace racesim::serve {

/// `queries` outlives them.
std::vector<http::Route> rest_routes(QueryThreads& queries);

/// An answer that a query thread makes; 503 where too many wait.
void answer_by_query(QueryThreads& queries, http::Reply reply,
                     std::function<http::Response(const Resolvers& resolvers)> make);

}  // namespace racesim::serve
