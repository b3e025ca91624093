#include "serve/replies.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/suggest.h"
#include "sim/registry.h"

namespace racesim::serve {
namespace {

unsigned status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
    case ErrorKind::master_data:
      return 400;
    case ErrorKind::busy:
      return 409;
    default:
      return 503;
  }
}

}  // namespace

http::Response json_answer(std::string body) {
  http::Response response;
  response.content_type = "application/json";
  response.body = std::move(body);
  response.headers.push_back({"Cache-Control", "no-store"});
  return response;
}

http::Response problem_of(const Error& error) {
  return http::problem(status_of(error.kind),
                       error.hint.empty() ? error.what : error.what + "; " + error.hint);
}

http::RouteParameter scenario_parameter() {
  return {"scenario", "Whose events; that of the run that was started last if none is named"};
}

http::RouteParameter limit_parameter(std::size_t fallback, std::size_t most) {
  return {"limit", fmt::format("How many events at most, from 1 on; more than {0} is {0}. Without it {1}",
                               most, fallback)};
}

Result<Parameters> read_query(const http::RequestHead& head, const KnownParameters& known) {
  Result<Parameters> parameters = http::parse_query(head.query);
  if (!parameters) return parameters;
  std::vector<std::string> names;
  for (const http::RouteParameter& parameter : known) names.push_back(parameter.name);
  for (const QueryParameter& parameter : *parameters) {
    if (std::find(names.begin(), names.end(), parameter.name) != names.end()) continue;
    const std::string shown = parameter.name.substr(0, 80);
    if (names.empty())
      return fail(ErrorKind::usage, "unknown parameter '" + shown + "'", head.path + " takes none");
    Error error = unknown_choice(shown, names);
    error.what = "unknown parameter '" + shown + "'";
    return tl::make_unexpected(std::move(error));
  }
  return parameters;
}

const std::string* find_parameter(const Parameters& parameters, std::string_view name) {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const QueryParameter& p) { return p.name == name; });
  return found == parameters.end() ? nullptr : &found->value;
}

Result<std::size_t> read_limit(const Parameters& parameters, std::size_t fallback, std::size_t most) {
  const std::string* const text = find_parameter(parameters, "limit");
  if (text == nullptr) return fallback;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  const bool digits = !text->empty() && end == text->data() + text->size();
  if (digits && error == std::errc::result_out_of_range) return most;
  if (!digits || error != std::errc() || value == 0)
    return fail(
        ErrorKind::usage, "limit: '" + text->substr(0, 80) + "' is no whole number from 1 on",
        "example: limit=100; more than " + std::to_string(most) + " is taken as " + std::to_string(most));
  return static_cast<std::size_t>(std::min<std::uint64_t>(value, most));
}

Result<const ScenarioEntry*> read_scenario(const Parameters& parameters) {
  const std::string* const name = find_parameter(parameters, "scenario");
  if (name == nullptr) return nullptr;
  if (const ScenarioEntry* const found = find_scenario(*name)) return found;
  std::vector<std::string> names;
  for (const ScenarioEntry* entry : scenarios()) names.emplace_back(entry->name);
  Error error = unknown_choice(name->substr(0, 80), names);
  error.what = "scenario: " + error.what;
  return tl::make_unexpected(std::move(error));
}

}  // namespace racesim::serve
