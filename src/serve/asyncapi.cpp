#include "serve/asyncapi.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "serve/event_schema.h"
#include "serve/replies.h"
#include "sim/registry.h"

namespace racesim::serve {
namespace {

using Node = nlohmann::ordered_json;

Node to_part(const std::string& to) {
  return {{"$ref", "#/" + to}};
}

Node text_schema() {
  return {{"type", "string"}};
}

/// An object with exactly these members, of which those that are named last need not be there.
Node exact_object(Node properties, const std::vector<std::string>& optional = {}) {
  Node required = Node::array();
  for (const auto& [name, schema] : properties.items())
    if (std::find(optional.begin(), optional.end(), name) == optional.end()) required.push_back(name);
  return {{"type", "object"},
          {"required", required},
          {"properties", std::move(properties)},
          {"additionalProperties", false}};
}

Node constant(const char* value) {
  return {{"const", value}};
}

Node message(const char* title, const char* summary, Node payload) {
  return {{"title", title}, {"summary", summary}, {"payload", std::move(payload)}};
}

/// Every event that any scenario makes, by the name of its schema.
Node event_schemas() {
  Node schemas = Node::object();
  for (const ScenarioEntry* scenario : scenarios())
    for (const RowForm& form : scenario->rows)
      schemas[std::string(form.schema().name)] = Node::parse(event_json_schema(form.schema()));
  return schemas;
}

Node any_event() {
  const Node schemas = event_schemas();  // items() refers to it
  Node all = Node::array();
  for (const auto& [name, schema] : schemas.items()) all.push_back(to_part("components/schemas/" + name));
  return {{"anyOf", all}};
}

Node items_of(Node item) {
  return exact_object({{"items", {{"type", "array"}, {"items", std::move(item)}}}});
}

Node with_type(const char* type, Node payload) {
  Node properties{{"type", constant(type)}};
  properties.update(payload["properties"]);
  Node required = Node::array({"type"});
  for (const Node& name : payload["required"]) required.push_back(name);
  payload["properties"] = std::move(properties);
  payload["required"] = std::move(required);
  return payload;
}

Node thinned_payload() {
  return exact_object({{"skipped", {{"type", "integer"}, {"minimum", 0}}}, {"detail", text_schema()}});
}

Node forms_payload() {
  const Node field = exact_object({{"path", text_schema()},
                                   {"type",
                                    {{"enum",
                                      {"signed", "unsigned", "boolean", "enumeration", "uuid", "time_ms",
                                       "time_us", "date", "hex32", "text"}}}},
                                   {"decimals", {{"type", "integer"}, {"minimum", 1}}},
                                   {"unit", text_schema()},
                                   {"names", {{"type", "array"}, {"items", text_schema()}}},
                                   {"none", {{"type", "integer"}}},
                                   {"left_out", {{"const", true}}},
                                   {"list", {{"type", "integer"}, {"minimum", 1}}}},
                                  {"decimals", "unit", "names", "none", "left_out", "list"});
  const Node form = exact_object({{"stream", text_schema()},
                                  {"schema", text_schema()},
                                  {"version", {{"type", "integer"}}},
                                  {"fields", {{"type", "array"}, {"items", field}}}},
                                 {"stream"});
  return exact_object({{"version", {{"const", 1}}},
                       {"run", {{"type", "string"}, {"pattern", "^[0-9a-f]{8}$"}}},
                       {"forms", {{"type", "array"}, {"items", form}}}});
}

constexpr const char* kSnapshot =
    "First, and behind thinned: the last event of each vehicle, car or listener";
constexpr const char* kThinned = "Events were left out, since the client was too slow; a snapshot follows";
constexpr const char* kCorrupt = "A line that was damaged on purpose (faults)";
constexpr const char* kChosen = "An event, or a snapshot, with fields=: only the chosen members";

Node socket_messages() {
  const Node object{{"type", "object"}};
  Node event = exact_object({{"stream", text_schema()}, {"data", any_event()}}, {"stream"});
  Node chosen = exact_object({{"stream", text_schema()}, {"data", object}}, {"stream"});
  Node messages;
  messages["snapshot"] = message("Snapshot", kSnapshot, with_type("snapshot", items_of(any_event())));
  messages["event"] =
      message("Event", "An event; stream is there if it is not the main one", with_type("event", event));
  messages["chosenSnapshot"] =
      message("Part of a snapshot", kChosen, with_type("snapshot", items_of(object)));
  messages["chosenEvent"] = message("Part of an event", kChosen, with_type("event", chosen));
  messages["thinned"] = message("Thinned", kThinned, with_type("thinned", thinned_payload()));
  messages["corrupt"] = message(
      "Corrupt", kCorrupt,
      with_type("corrupt", exact_object({{"stream", text_schema()}, {"data", text_schema()}}, {"stream"})));
  messages["forms"] = message("Forms", "With encoding=binary: the columns of the binary messages that follow",
                              with_type("forms", forms_payload()));
  messages["frame"] =
      message("Frame", "With encoding=binary: events column by column, docs/formats/live-frames.md",
              {{"type", "string"}, {"format", "binary"}});
  messages["frame"]["contentType"] = "application/octet-stream";
  return messages;
}

/// What stands behind data: in an event; its event: line has the name of the message or of the stream.
Node event_stream_messages() {
  Node messages;
  messages["snapshot"] = message("snapshot", kSnapshot, items_of(any_event()));
  messages["event"] =
      message("Event", "An event; without an event: line, or with the name of its stream", any_event());
  messages["chosenSnapshot"] = message("Part of a snapshot", kChosen, items_of({{"type", "object"}}));
  messages["chosenEvent"] = message("Part of an event", kChosen, {{"type", "object"}});
  messages["thinned"] = message("thinned", kThinned, with_type("thinned", thinned_payload()));
  messages["corrupt"] = message("corrupt", kCorrupt, text_schema());
  return messages;
}

/// Of the protocol graphql-transport-ws.
Node graphql_messages() {
  const Node id = text_schema(), any{{"type", "object"}};
  const Node errors{
      {"type", "array"},
      {"items", {{"type", "object"}, {"required", {"message"}}, {"properties", {{"message", id}}}}}};
  const Node request = exact_object({{"query", id},
                                     {"operationName", {{"type", {"string", "null"}}}},
                                     {"variables", {{"type", {"object", "null"}}}},
                                     {"extensions", {{"type", {"object", "null"}}}}},
                                    {"operationName", "variables", "extensions"});
  const Node answer =
      exact_object({{"data", {{"type", {"object", "null"}}}}, {"errors", errors}}, {"errors"});
  const auto bare = [&](const char* type) {
    return with_type(type, exact_object({{"payload", {{"type", {"object", "null"}}}}}, {"payload"}));
  };
  Node messages;
  messages["connectionInit"] = message("connection_init", "First, within 10 s", bare("connection_init"));
  messages["connectionAck"] = message("connection_ack", "Operations may come", bare("connection_ack"));
  messages["ping"] = message("ping", "From either side", bare("ping"));
  messages["pong"] = message("pong", "The answer to a ping", bare("pong"));
  messages["subscribe"] = message("subscribe", "A subscription of /graphql/schema, a query or a mutation",
                                  with_type("subscribe", exact_object({{"id", id}, {"payload", request}})));
  messages["next"] =
      message("next", "An event of it", with_type("next", exact_object({{"id", id}, {"payload", answer}})));
  messages["error"] = message("error", "It cannot be done, and is over",
                              with_type("error", exact_object({{"id", id}, {"payload", errors}})));
  messages["complete"] =
      message("complete", "It is over, or shall be", with_type("complete", exact_object({{"id", id}})));
  return messages;
}

/// The parameters of the query, as the binding of WebSockets has them.
Node query_of(const http::Route& route) {
  Node properties = Node::object();
  for (const http::RouteParameter& parameter : route.parameters)
    properties[parameter.name] = {{"type", "string"}, {"description", parameter.help}};
  return {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
}

struct Channel {
  const char* name;
  const char* path;
  Node (*messages)();
  std::vector<const char*> heard;  ///< what clients send; all else, and ping and pong, the service sends
};

const std::vector<Channel>& channels() {
  static const std::vector<Channel> all{{"live", "/ws", &socket_messages, {}},
                                        {"eventStream", "/events/stream", &event_stream_messages, {}},
                                        {"subscriptions",
                                         "/graphql",
                                         &graphql_messages,
                                         {"connectionInit", "ping", "pong", "subscribe", "complete"}}};
  return all;
}

/// The route of that path that opens a stream; null: this service has none.
const http::Route* stream_route(std::span<const http::Route> routes, std::string_view path) {
  for (const http::Route& route : routes)
    if (route.open && route.path == path) return &route;
  return nullptr;
}

Node operation_of(const Channel& channel, const char* action, const Node& messages,
                  const std::string& summary) {
  const std::string place = std::string("channels/") + channel.name;
  Node refs = Node::array();
  for (const auto& name : messages) refs.push_back(to_part(place + "/messages/" + name.get<std::string>()));
  return {{"action", action}, {"channel", to_part(place)}, {"summary", summary}, {"messages", refs}};
}

void add_channel(const Channel& channel, const http::Route& route, Node& document) {
  const bool is_socket = route.stream == http::StreamKind::websocket;
  const Node messages = channel.messages();
  Node described{{"address", route.path}, {"title", route.summary}, {"messages", messages}};
  described["servers"].push_back(to_part(is_socket ? "servers/sockets" : "servers/requests"));
  if (is_socket)
    described["bindings"] = {
        {"ws", {{"method", "GET"}, {"query", query_of(route)}, {"bindingVersion", "0.1.0"}}}};
  document["channels"][channel.name] = std::move(described);
  Node heard = Node::array(), sent = Node::array();
  for (const auto& [name, content] : messages.items()) {
    const bool is_heard = std::find(channel.heard.begin(), channel.heard.end(), name) != channel.heard.end();
    if (is_heard) heard.push_back(name);
    if (!is_heard || name == "ping" || name == "pong" || name == "complete") sent.push_back(name);
  }
  const std::string suffix = std::string(1, static_cast<char>(channel.name[0] - 32)) + (channel.name + 1);
  document["operations"]["send" + suffix] = operation_of(channel, "send", sent, route.summary);
  if (!heard.empty())
    document["operations"]["receive" + suffix] =
        operation_of(channel, "receive", heard, "What clients ask for");
}

}  // namespace

std::string asyncapi_json(const AsyncapiParts& parts) {
  Node document{{"asyncapi", "3.0.0"},
                {"info",
                 {{"title", "racesim serve"},
                  {"version", parts.version},
                  {"description",
                   "Events of simulations as they happen. What is asked for once is in /openapi.json."}}},
                {"defaultContentType", "application/json"}};
  const auto server = [&](const char* protocol) {
    Node described{{"host", "{host}"}, {"protocol", protocol}};
    described["variables"]["host"] = {{"default", "localhost:8000"},
                                      {"description", "As for the other requests"}};
    described["security"].push_back(to_part("components/securitySchemes/token"));
    return described;
  };
  document["servers"] = {{"sockets", server(parts.is_tls ? "wss" : "ws")},
                         {"requests", server(parts.is_tls ? "https" : "http")}};
  document["channels"] = Node::object();
  document["operations"] = Node::object();
  for (const Channel& channel : channels())
    if (const http::Route* const route = stream_route(parts.routes, channel.path))
      add_channel(channel, *route, document);
  document["components"] = {
      {"schemas", event_schemas()},
      {"securitySchemes",
       {{"token",
         {{"type", "http"}, {"scheme", "bearer"}, {"description", "Only where the service has a token"}}}}}};
  return document.dump() + "\n";
}

http::Route asyncapi_route(const AsyncapiParts& parts) {
  http::Route route;
  route.method = "GET";
  route.path = "/asyncapi.json";
  route.summary = "What comes over WebSockets and event streams, as AsyncAPI 3.0";
  route.answers = "application/json";
  route.handle = [text = asyncapi_json(parts)](const http::Request& request, http::Reply reply) {
    const Result<Parameters> parameters = read_query(request.head, {});
    reply.send(parameters ? json_answer(text) : problem_of(parameters.error()));
  };
  return route;
}

}  // namespace racesim::serve
