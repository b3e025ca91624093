// GET /asyncapi.json: what the live channels say, made from their routes and the schemas of events.
#pragma once

#include <span>
#include <string>

#include "io/http/server/server.h"

namespace racesim::serve {

struct AsyncapiParts {
  std::span<const http::Route> routes;  ///< of these those that open a stream
  std::string version;
  bool is_tls = false;
};

/// AsyncAPI 3.0.
std::string asyncapi_json(const AsyncapiParts& parts);

http::Route asyncapi_route(const AsyncapiParts& parts);

}  // namespace racesim::serve
