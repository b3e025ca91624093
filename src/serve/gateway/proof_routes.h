// GET /api/v1/pipeline/verify and /api/v1/runs/{run}/manifest: whether everything of a run is there.
#pragma once

#include <vector>

#include "io/http/server/server.h"
#include "serve/gateway/query_threads.h"

namespace racesim::serve {

/// `queries` outlives the server.
std::vector<http::Route> proof_routes(QueryThreads& queries);

}  // namespace racesim::serve
