// Which route a head asks for, or why there is none: 401, 403, 404, 405, 411, 413, 415, 417, 426.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/http/server/head_reader.h"
#include "io/http/server/server.h"

namespace racesim::http {

struct Routed {
  const Route* route = nullptr;
  std::optional<Response> answer;  ///< in place of the route's
  bool gzip = false;               ///< the body is compressed
};

/// "/runs/{run}/laps" fits "/runs/a1b2/laps": a part in braces stands for any one that is not empty.
bool fits_path(std::string_view pattern, std::string_view path);

/// Immutable.
class Router {
 public:
  Router(std::vector<Route> routes, std::string token, SiteRules sites);
  Routed find(const RequestHead& head, const BodyFrame& frame) const;
  /// Header lines that go with every answer to this request.
  std::string site_lines(const RequestHead& head) const { return cors_lines(sites_, head); }

 private:
  std::optional<Response> check_token(const Route& route, const RequestHead& head) const;
  Response answer_without_route(const RequestHead& head) const;
  Response not_found(std::string_view path) const;
  std::string allowed_methods(std::string_view path) const;

  const std::vector<Route> routes_;
  const std::string token_;
  const SiteRules sites_;
};

}  // namespace racesim::http
