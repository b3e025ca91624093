// Requests read and answers made, as all routes of the service do it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/http/server/query.h"
#include "io/http/server/server.h"
#include "sim/entry.h"

namespace racesim::serve {

using http::QueryParameter;
using Parameters = std::vector<QueryParameter>;

http::Response json_answer(std::string body);
/// problem+json: 400 for what the client can mend, 409 busy, 503 for what the world did not do.
http::Response problem_of(const Error& error);

using KnownParameters = std::vector<http::RouteParameter>;

/// The query, of which only these names are known. Errors name the others, with the nearest known one.
Result<Parameters> read_query(const http::RequestHead& head, const KnownParameters& known);
/// Null: it is not there.
const std::string* find_parameter(const Parameters& parameters, std::string_view name);

/// What several routes take.
http::RouteParameter scenario_parameter();
http::RouteParameter limit_parameter(std::size_t fallback, std::size_t most);

/// ?limit=: from 1 on; more than `most` is `most`. Errors: what is no whole number, and 0.
Result<std::size_t> read_limit(const Parameters& parameters, std::size_t fallback, std::size_t most);
/// ?scenario=: null where none is named. Errors list the known ones.
Result<const ScenarioEntry*> read_scenario(const Parameters& parameters);

}  // namespace racesim::serve
