// GraphQL over HTTP, as https://graphql.github.io/graphql-over-http/ has it.
#include <algorithm>
#include <memory>
#include <utility>

#include "graphql/schema/sdl.h"
#include "graphql/transport/transport_session.h"
#include "graphql/values/json.h"
#include "serve/gateway/graphql/graphql_service.h"
#include "serve/gateway/graphql/graphql_socket.h"
#include "serve/gateway/rest_routes.h"
#include "serve/replies.h"

namespace racesim::serve {
namespace {

constexpr std::size_t kGraphqlBody = std::size_t{256} << 10;
constexpr std::string_view kPlainJson = "application/json";
constexpr std::string_view kResponseJson = "application/graphql-response+json";

constexpr const char* kBodySchema =
    R"({"type":"object","required":["query"],"additionalProperties":false,"properties":{"query":{"type":"string"},)"
    R"("operationName":{"type":["string","null"]},"variables":{"type":["object","null"]},)"
    R"("extensions":{"type":["object","null"]}}})";

KnownParameters get_parameters() {
  return {{"query", "The document"},
          {"operationName", "Which of its operations"},
          {"variables", "A JSON object"},
          {"extensions", "A JSON object; nothing in it has a meaning here"}};
}

/// The newer media type where the client takes it.
std::string_view answer_type(const http::RequestHead& head) {
  const std::string* const accept = head.header("Accept");
  return accept != nullptr && accept->find(kResponseJson) != std::string::npos ? kResponseJson : kPlainJson;
}

http::Response answer_of(const http::RequestHead& head, unsigned status, std::string body) {
  http::Response response;
  response.status = status;
  response.content_type = answer_type(head);
  response.content_type += "; charset=utf-8";
  response.body = std::move(body);
  response.headers.push_back({"Cache-Control", "no-store"});
  return response;
}

tl::unexpected<Error> malformed(std::string what) {
  return fail(ErrorKind::usage, std::move(what), R"(send {"query":"{ races { run } }"})");
}

Done take_member(const std::string& name, const graphql::Value& value, GraphqlRequest& request) {
  const bool is_object = value.is_null() || value.get<graphql::Fields>() != nullptr;
  const bool is_text = value.get<std::string>() != nullptr;
  if (name == "query") {
    if (!is_text) return malformed("query is no text");
    request.query = value.text();
  } else if (name == "operationName") {
    if (!is_text && !value.is_null()) return malformed("operationName is no text");
    if (is_text) request.operation_name = value.text();
  } else if (name == "variables") {
    if (!is_object) return malformed("variables is no object");
    request.variables = value;
  } else if (name == "extensions") {
    if (!is_object) return malformed("extensions is no object");
  } else {
    return malformed("unknown member '" + name.substr(0, 80) +
                     "'; there is query, operationName, variables, extensions");
  }
  return {};
}

Result<GraphqlRequest> read_body(const http::Request& request) {
  const Result<graphql::Value> body = graphql::parse_json(request.body.view());
  if (!body) return malformed("the body is no JSON: " + body.error().what);
  if (body->get<graphql::Fields>() == nullptr) return malformed("the body is no JSON object");
  GraphqlRequest read;
  for (const auto& [name, value] : body->fields())
    if (const Done done = take_member(name, value, read); !done) return tl::make_unexpected(done.error());
  if (body->find("query") == nullptr) return malformed("the body has no query");
  return read;
}

Result<GraphqlRequest> read_query_text(const http::RequestHead& head) {
  const Result<Parameters> parameters = read_query(head, get_parameters());
  if (!parameters) return tl::make_unexpected(parameters.error());
  GraphqlRequest read;
  for (const QueryParameter& parameter : *parameters) {
    graphql::Value value(parameter.value);
    if (parameter.name == "variables" || parameter.name == "extensions") {
      Result<graphql::Value> parsed = graphql::parse_json(parameter.value);
      if (!parsed) return malformed(parameter.name + " is no JSON: " + parsed.error().what);
      value = std::move(*parsed);
    }
    if (const Done done = take_member(parameter.name, value, read); !done)
      return tl::make_unexpected(done.error());
  }
  if (find_parameter(*parameters, "query") == nullptr)
    return fail(ErrorKind::usage, "there is no query", "GET /graphql?query={races{run}}, or POST it");
  return read;
}

std::string message_of(const Error& error) {
  return error.hint.empty() ? error.what : error.what + "; " + error.hint;
}

/// Only JSON: a form of another site could send anything else without being asked first.
bool is_json(const http::RequestHead& head) {
  const std::string* const type = head.header("Content-Type");
  if (type == nullptr) return false;
  std::string_view media = std::string_view(*type).substr(0, type->find(';'));
  while (media.ends_with(' ')) media.remove_suffix(1);
  return http::same_word(media, kPlainJson);
}

/// A request with the same bytes is the same question: so none is read to find an answer that holds.
std::string request_key(const http::Request& request) {
  std::string key(answer_type(request.head));
  key.append(1, '\n').append(answer_key(request.head)).append(1, '\n');
  return key.append(request.body.view());
}

void answer(GraphqlService& service, QueryThreads& queries, const http::RequestHead& head,
            Result<GraphqlRequest> read, bool may_change, http::Reply reply, std::string key) {
  if (!read) return reply.send(answer_of(head, 400, graphql_error(message_of(read.error()))));
  const auto shared = std::make_shared<const GraphqlRequest>(std::move(*read));
  answer_by_query(
      queries, std::move(reply),
      [&service, head, shared, may_change](const Resolvers& resolvers) {
        const std::shared_ptr<const graphql::Prepared> prepared = service.prepare(shared->query);
        const auto kind = graphql::operation_kind(*prepared, shared->operation_name);
        if (!may_change && kind == graphql::ast::OperationKind::mutation) {
          http::Response refused =
              answer_of(head, 405, graphql_error("a mutation is not for GET; send it with POST"));
          refused.headers.push_back({"Allow", "POST"});
          return refused;
        }
        if (kind == graphql::ast::OperationKind::subscription)
          return answer_of(
              head, 400,
              graphql_error(
                  "a subscription needs a WebSocket: the protocol graphql-transport-ws at /graphql"));
        if (kind == graphql::ast::OperationKind::mutation) resolvers.never_again();
        graphql::Answer made = service.execute(*prepared, *shared, resolvers);
        return answer_of(head, made.has_data ? 200 : 400, std::move(made.body));
      },
      std::move(key));
}

http::Route graphql_route(const char* method, const char* summary) {
  http::Route route;
  route.method = method;
  route.path = "/graphql";
  route.summary = summary;
  route.answers = kPlainJson;
  return route;
}

http::Route schema_route(const GraphqlService& service) {
  http::Route route = graphql_route("GET", "The GraphQL schema, as SDL");
  route.path = "/graphql/schema";
  route.answers = "text/plain";
  route.handle = [sdl = graphql::print_sdl(*service.schema().schema)](const http::Request& request,
                                                                      http::Reply reply) {
    const Result<Parameters> parameters = read_query(request.head, {});
    if (!parameters) return reply.send(problem_of(parameters.error()));
    http::Response response;
    response.content_type = "text/plain; charset=utf-8";
    response.body = sdl;
    response.headers.push_back({"Cache-Control", "no-store"});
    reply.send(std::move(response));
  };
  return route;
}

}  // namespace

std::vector<http::Route> graphql_routes(GraphqlService& service, QueryThreads& queries, const Later& later,
                                        Clock& clock) {
  http::Route by_post = graphql_route("POST", "A GraphQL request: query, operationName, variables");
  by_post.body_most = kGraphqlBody;
  by_post.body_schema = kBodySchema;
  by_post.own_error_types = {std::string(kPlainJson), std::string(kResponseJson)};
  by_post.handle = [&](const http::Request& request, http::Reply reply) {
    if (!is_json(request.head))
      return reply.send(
          answer_of(request.head, 415, graphql_error("the body is no application/json; send JSON")));
    std::string key = request_key(request);
    if (answer_again(queries, key, reply)) return;
    answer(service, queries, request.head, read_body(request), true, std::move(reply), std::move(key));
  };
  http::Route by_get = graphql_route("GET", "A GraphQL query, or subscriptions over WebSocket");
  by_get.parameters = get_parameters();
  by_get.own_error_types = by_post.own_error_types;
  by_get.handle = [&](const http::Request& request, http::Reply reply) {
    std::string key = request_key(request);
    if (answer_again(queries, key, reply)) return;
    answer(service, queries, request.head, read_query_text(request.head), false, std::move(reply),
           std::move(key));
  };
  by_get.stream = http::StreamKind::websocket;
  by_get.open = [&service, &queries, later, &clock](const http::RequestHead& head) -> http::StreamOpening {
    const std::string* const offered = head.header("Sec-WebSocket-Protocol");
    if (offered == nullptr || !graphql::offers_transport(*offered))
      return {nullptr, http::problem(400,
                                     "the protocol of WebSockets here is graphql-transport-ws; offer it: "
                                     "Sec-WebSocket-Protocol: graphql-transport-ws")};
    return {
        make_graphql_socket({service, queries, later, clock}), {}, std::string(graphql::TRANSPORT_PROTOCOL)};
  };
  return {std::move(by_post), std::move(by_get), schema_route(service)};
}

}  // namespace racesim::serve
