// The gateway's REST: runs, standings, laps, telemetry, side streams, violations, charts.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "io/http/server/server.h"
#include "serve/gateway/query_threads.h"

namespace racesim::serve {

/// `queries` outlives them.
std::vector<http::Route> rest_routes(QueryThreads& queries);

/// An answer that a query thread makes; 503 where too many wait. By the server's thread. It is kept under
/// `key` for as long as it holds; not if that is empty.
void answer_by_query(QueryThreads& queries, http::Reply reply,
                     std::function<http::Response(const Resolvers& resolvers)> make, std::string key = {});
/// True: an answer that was made under this key holds, and is sent.
bool answer_again(QueryThreads& queries, std::string_view key, http::Reply& reply);
/// Of a question without a body: what its answer depends on beside what resolvers read.
std::string answer_key(const http::RequestHead& head);

}  // namespace racesim::serve
