// The parts of the schema, one function each; gateway_schema.cpp calls them in the order of their types.
#pragma once

#include "graphql/schema/builder.h"
#include "serve/gateway/graphql/gateway_schema.h"

namespace racesim::serve {

/// Row types and their connections.
void declare_rows(graphql::SchemaBuilder& builder, const Resolvers& resolvers, GatewayTypes& types);
/// Run with its standings, laps, telemetry; fields of Query that list runs and rows.
void declare_runs(graphql::SchemaBuilder& builder, const GatewayTypes& types, graphql::FieldsOf<>& query);
/// Stage, Status; fields of Query about the service itself.
void declare_service(graphql::SchemaBuilder& builder, graphql::FieldsOf<>& query);
/// PipelineCheck.
void declare_check(graphql::SchemaBuilder& builder, graphql::FieldsOf<>& query);
/// Mutation and its input.
void declare_mutations(graphql::SchemaBuilder& builder,
                       const std::vector<http::RouteParameter>& start_fields);
/// Subscription.
void declare_subscriptions(graphql::SchemaBuilder& builder);

/// The error as clients read it: what failed, and what to do.
tl::unexpected<Error> told(const Error& error);
/// An argument's text; empty where it is not given.
std::string text_argument(const graphql::Call& call, std::string_view name);
/// Of a DateTime, in microseconds since 1970. Errors (usage) name the argument.
Result<std::optional<std::int64_t>> moment_argument(const graphql::Call& call, std::string_view name);

}  // namespace racesim::serve
