// GET /openapi.json: what the service can, made from its routes.
#pragma once

#include <span>
#include <string>

#include "io/http/server/server.h"

namespace racesim::serve {

/// OpenAPI 3.1 of these routes.
std::string openapi_json(std::span<const http::Route> routes, const std::string& version);

/// Serves the document of `others` and itself.
http::Route openapi_route(std::span<const http::Route> others, const std::string& version);

}  // namespace racesim::serve
