#include "serve/gateway/graphql/gateway_schema.h"

#include <utility>

#include "base/time_text.h"
#include "serve/gateway/graphql/schema_parts.h"

namespace racesim::serve {

tl::unexpected<Error> told(const Error& error) {
  return fail(error.kind, error.hint.empty() ? error.what : error.what + "; " + error.hint);
}

std::string text_argument(const graphql::Call& call, std::string_view name) {
  const graphql::Value* const value = call.arguments.find(name);
  return value == nullptr ? std::string() : value->text();
}

Result<std::optional<std::int64_t>> moment_argument(const graphql::Call& call, std::string_view name) {
  const graphql::Value* const value = call.arguments.find(name);
  if (value == nullptr) return std::optional<std::int64_t>();
  if (value->get<std::string>() == nullptr)
    return fail(ErrorKind::usage, std::string(name) + " is no text", "example: \"2026-07-05T14:00:00Z\"");
  const Result<std::int64_t> time_ns = parse_datetime(value->text(), "UTC");
  if (!time_ns)
    return fail(
        ErrorKind::usage,
        std::string(name) + ": '" + value->text().substr(0, 80) + "' is no time: " + time_ns.error().what,
        time_ns.error().hint);
  return std::optional<std::int64_t>(*time_ns / 1000);
}

Result<std::unique_ptr<const GatewaySchema>> make_gateway_schema(
    const Resolvers& resolvers, const std::vector<http::RouteParameter>& start_fields) {
  auto made = std::make_unique<GatewaySchema>();
  graphql::SchemaBuilder builder;
  builder.describe("Runs of simulations: who is where, what was measured, how events come along.");
  auto query = builder.object("Query", "What can be asked for.");
  declare_rows(builder, resolvers, made->types);
  declare_runs(builder, made->types, query);
  declare_service(builder, query);
  declare_check(builder, query);
  declare_mutations(builder, start_fields);
  declare_subscriptions(builder);
  Result<std::unique_ptr<const graphql::Schema>> schema = std::move(builder).build();
  if (!schema) return tl::make_unexpected(schema.error());
  made->schema = std::move(*schema);
  return std::unique_ptr<const GatewaySchema>(std::move(made));
}

}  // namespace racesim::serve
