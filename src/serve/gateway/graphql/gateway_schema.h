// The GraphQL schema of the service, and what its resolvers are called with.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "graphql/schema/schema.h"
#include "serve/control/control_routes.h"
#include "serve/gateway/graphql/row_type.h"
#include "serve/gateway/resolvers.h"

namespace racesim::serve {

/// What mutations need. Called by query threads; they wait until it is done.
struct GraphqlControl {
  std::function<StartOutcome(const StartFields& fields)> start;
  /// Null: all.
  std::function<Done(const ScenarioEntry* scenario)> stop;
};

/// In Call::context.
struct GraphqlContext {
  const Resolvers& resolvers;
  const GraphqlControl& control;
};

/// The types of rows, which resolvers and subscriptions share.
struct GatewayTypes {
  std::unique_ptr<RowType> standing, lap, telemetry, race_control, violation, packet, song, driver, vehicle;
};

struct GatewaySchema {
  GatewayTypes types;
  std::unique_ptr<const graphql::Schema> schema;
};

/// `start_fields`: what a run may be asked for, with its help. A failure is a programmer's.
Result<std::unique_ptr<const GatewaySchema>> make_gateway_schema(
    const Resolvers& resolvers, const std::vector<http::RouteParameter>& start_fields);

}  // namespace racesim::serve
