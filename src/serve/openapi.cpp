#include "serve/openapi.h"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "serve/replies.h"

namespace racesim::serve {
namespace {

using Json = nlohmann::ordered_json;

Json problem_answer() {
  return {
      {"description", "What is wrong, and what to do"},
      {"content", {{"application/problem+json", {{"schema", {{"$ref", "#/components/schemas/Problem"}}}}}}}};
}

Json problem_schema() {
  Json text{{"type", "string"}};
  return {{"type", "object"},
          {"required", {"type", "title", "status", "detail"}},
          {"properties",
           {{"type", text},
            {"title", text},
            {"status", {{"type", "integer"}}},
            {"detail", text},
            {"state", text}}}};
}

Json value_schema() {
  return {{"type", {"string", "number", "boolean"}}};
}

/// A body has the fields of the query.
Json body_of(const http::Route& route) {
  if (!route.body_schema.empty())
    return {{"required", true},
            {"content", {{"application/json", {{"schema", Json::parse(route.body_schema)}}}}}};
  Json properties = Json::object();
  for (const http::RouteParameter& parameter : route.parameters) {
    properties[parameter.name] = value_schema();
    properties[parameter.name]["type"].push_back("array");
    properties[parameter.name]["items"] = {{"type", "string"}};
    properties[parameter.name]["description"] = parameter.help;
  }
  const Json schema{{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
  return {{"required", false}, {"content", {{"application/json", {{"schema", schema}}}}}};
}

/// What a good answer holds, as far as the route says it.
Json content_of(const http::Route& route) {
  if (route.answer_schema.empty()) return Json::object();
  return {{"schema", Json::parse(route.answer_schema)}};
}

Json answers_of(const http::Route& route) {
  Json answers = Json::object();
  if (route.answers.empty())
    answers["101"] = {{"description", "The connection goes on as a WebSocket"}};
  else
    answers["200"] = {{"description", "Done"}, {"content", {{route.answers, content_of(route)}}}};
  if (route.open && !route.answers.empty() && route.handle)
    answers["101"] = {{"description", "The connection goes on as a WebSocket"}};
  answers["4XX"] = problem_answer();
  for (const std::string& type : route.own_error_types) {
    answers["4XX"]["content"][type] = Json::object();
    if (answers.contains("200")) answers["200"]["content"][type] = content_of(route);
  }
  answers["5XX"] = problem_answer();
  return answers;
}

/// "/api/v1/races/{run}/laps" → "run".
void add_path_parameters(const std::string& path, Json& parameters) {
  for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{', open + 1)) {
    const std::string name = path.substr(open + 1, path.find('}', open) - open - 1);
    parameters.push_back({{"name", name},
                          {"in", "path"},
                          {"required", true},
                          {"description", "8 hex digits, or live: the run of now, or the last one"},
                          {"schema", {{"type", "string"}}}});
  }
}

Json operation_of(const http::Route& route) {
  Json operation;
  operation["summary"] = route.summary;
  operation["parameters"] = Json::array();
  add_path_parameters(route.path, operation["parameters"]);
  for (const http::RouteParameter& parameter : route.parameters)
    operation["parameters"].push_back({{"name", parameter.name},
                                       {"in", "query"},
                                       {"required", false},
                                       {"description", parameter.help},
                                       {"schema", {{"type", "string"}}}});
  if (route.body_most > 0) operation["requestBody"] = body_of(route);
  operation["responses"] = answers_of(route);
  if (!route.needs_token) operation["security"] = Json::array();
  return operation;
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return text;
}

}  // namespace

std::string openapi_json(std::span<const http::Route> routes, const std::string& version) {
  Json document;
  document["openapi"] = "3.1.0";
  document["info"] = {{"title", "racesim serve"},
                      {"version", version},
                      {"description", "Starts, stops and shows simulations of event streams"}};
  document["paths"] = Json::object();
  for (const http::Route& route : routes)
    document["paths"][route.path][lower(route.method)] = operation_of(route);
  document["components"] = {{"schemas", {{"Problem", problem_schema()}}},
                            {"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}}};
  document["security"] = {{{"token", Json::array()}}, Json::object()};
  return document.dump() + "\n";
}

http::Route openapi_route(std::span<const http::Route> others, const std::string& version) {
  http::Route route;
  route.method = "GET";
  route.path = "/openapi.json";
  route.summary = "This description";
  route.answers = "application/json";
  std::vector<http::Route> all(others.begin(), others.end());
  all.push_back(route);
  route.handle = [text = openapi_json(all, version)](const http::Request& request, http::Reply reply) {
    const Result<Parameters> parameters = read_query(request.head, {});
    reply.send(parameters ? json_answer(text) : problem_of(parameters.error()));
  };
  return route;
}

}  // namespace racesim::serve
