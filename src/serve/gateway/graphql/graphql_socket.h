// A client that follows subscriptions over a WebSocket (graphql-transport-ws). It may also send queries and
// mutations.
#pragma once

#include <memory>

#include "base/clock.h"
#include "io/http/server/stream.h"
#include "serve/gateway/graphql/graphql_service.h"
#include "serve/gateway/query_threads.h"
#include "serve/live/live_feed.h"

namespace racesim::serve {

struct GraphqlSocketParts {
  GraphqlService& service;
  QueryThreads& queries;
  /// Lets the server's thread call it after a delay; any thread.
  Later later;
  Clock& clock;
};

/// The server's thread. What is given outlives it.
std::unique_ptr<http::LiveStream> make_graphql_socket(const GraphqlSocketParts& parts);

}  // namespace racesim::serve
