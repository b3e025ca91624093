// GraphQL over HTTP and WebSocket: documents that are prepared once, requests that are read and answered.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "graphql/request.h"
#include "io/http/server/server.h"
#include "serve/gateway/graphql/gateway_schema.h"
#include "serve/gateway/query_threads.h"
#include "serve/live/live_feed.h"

namespace racesim::serve {

/// A request as it came, over whatever.
struct GraphqlRequest {
  std::string query;
  std::optional<std::string> operation_name;
  graphql::Value variables;  ///< null or an object
};

/// Any thread.
class GraphqlService {
 public:
  /// All of these outlive it.
  GraphqlService(const GatewaySchema& schema, GraphqlControl control)
      : schema_(schema), control_(std::move(control)) {}

  /// Parsed and validated; the last ones are kept.
  std::shared_ptr<const graphql::Prepared> prepare(const std::string& text);
  graphql::Answer execute(const graphql::Prepared& prepared, const GraphqlRequest& request,
                          const Resolvers& resolvers) const;
  tl::expected<graphql::Subscription, graphql::Answer> subscribe(
      std::shared_ptr<const graphql::Prepared> prepared, const GraphqlRequest& request,
      const Resolvers& resolvers) const;
  graphql::Answer execute_event(const graphql::Subscription& subscription, const void* event,
                                const Resolvers& resolvers) const;

  const GatewaySchema& schema() const { return schema_; }

 private:
  using Kept = std::list<std::pair<std::string, std::shared_ptr<const graphql::Prepared>>>;

  const GatewaySchema& schema_;
  const GraphqlControl control_;
  std::mutex mutex_;  // guards the rest
  Kept kept_;         // the last used first
  std::unordered_map<std::string, Kept::iterator> places_;
};

/// POST and GET /graphql, WebSocket /graphql, GET /graphql/schema. What is given outlives them.
std::vector<http::Route> graphql_routes(GraphqlService& service, QueryThreads& queries, const Later& later,
                                        Clock& clock);

/// The body of an answer that is one error.
std::string graphql_error(std::string_view message);

}  // namespace racesim::serve
