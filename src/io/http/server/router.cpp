#include "io/http/server/router.h"

#include <algorithm>
#include <utility>

#include "base/suggest.h"
#include "base/visible.h"
#include "io/http/server/body_reader.h"
#include "io/http/server/token.h"
#include "io/http/server/websocket_frames.h"

namespace racesim::http {
namespace {

std::optional<Response> check_coding(const RequestHead& head, bool& gzip) {
  const std::string* coding = head.header("Content-Encoding");
  if (coding == nullptr || coding->empty() || same_word(*coding, "identity")) return std::nullopt;
  gzip = same_word(*coding, "gzip") || same_word(*coding, "x-gzip");
  if (gzip) return std::nullopt;
  Response response =
      problem(415, "Content-Encoding: " + visible_text(*coding) + " is not known; send gzip, or none");
  response.headers.push_back({"Accept-Encoding", "gzip, identity"});
  return response;
}

std::optional<Response> check_body(const Route& route, const RequestHead& head, const BodyFrame& frame) {
  if (const std::string* expected = head.header("Expect");
      expected != nullptr && !same_word(*expected, "100-continue"))
    return problem(417, "the only Expect here is 100-continue");
  if (route.body_most == 0) {
    if (frame.has_body()) return problem(413, route.method + " " + route.path + " takes no body");
    return std::nullopt;
  }
  if (!frame.chunked && !frame.length && !route.body_optional)
    return problem(411, "no Content-Length and no Transfer-Encoding: chunked; send one of them");
  if (frame.length.value_or(0) > route.body_most) return too_large(route.body_most);
  return std::nullopt;
}

/// Up to the next '/', which is taken off too.
std::string_view take_part(std::string_view& path) {
  const std::string_view part = path.substr(0, path.find('/'));
  path.remove_prefix(std::min(part.size() + 1, path.size()));
  return part;
}

bool is_open_part(std::string_view part) {
  return part.starts_with('{') && part.ends_with('}');
}

}  // namespace

bool fits_path(std::string_view pattern, std::string_view path) {
  if (pattern.find('{') == std::string_view::npos) return pattern == path;
  if (std::count(pattern.begin(), pattern.end(), '/') != std::count(path.begin(), path.end(), '/'))
    return false;
  while (!pattern.empty()) {
    const std::string_view wanted = take_part(pattern), part = take_part(path);
    if (is_open_part(wanted) ? part.empty() : wanted != part) return false;
  }
  return true;
}

std::string_view path_part(std::string_view pattern, std::string_view path, std::string_view name) {
  while (!pattern.empty()) {
    const std::string_view wanted = take_part(pattern), part = take_part(path);
    if (is_open_part(wanted) && wanted.substr(1, wanted.size() - 2) == name) return part;
  }
  return {};
}

Router::Router(std::vector<Route> routes, std::string token, SiteRules sites)
    : routes_(std::move(routes)), token_(std::move(token)), sites_(std::move(sites)) {}

std::optional<Response> Router::check_token(const Route& route, const RequestHead& head) const {
  if (token_.empty() || !route.needs_token) return std::nullopt;
  if (has_bearer(head, token_) || has_token_cookie(head, token_)) return std::nullopt;
  const std::string* const given = head.header("Authorization");
  Response response = problem(401, given == nullptr ? "send the server's token: Authorization: Bearer TOKEN"
                                                    : "this is not the server's token");
  response.headers.push_back({"WWW-Authenticate", "Bearer realm=\"racesim\""});
  return response;
}

std::string Router::allowed_methods(std::string_view path) const {
  std::string methods;
  for (const Route& route : routes_) {
    if (!fits_path(route.path, path) && path != "*") continue;
    for (const std::string_view method : {std::string_view(route.method), std::string_view("HEAD")}) {
      if (method == "HEAD" && route.method != "GET") continue;
      if (methods.find(method) == std::string::npos) methods.append(method).append(", ");
    }
  }
  return methods.empty() ? methods : methods + "OPTIONS";
}

Response Router::not_found(std::string_view path) const {
  std::vector<std::string> paths;
  for (const Route& route : routes_)
    if (std::find(paths.begin(), paths.end(), route.path) == paths.end()) paths.push_back(route.path);
  std::string detail = "there is no " + visible_text(path.substr(0, 200)) + " here; there is";
  for (std::size_t i = 0; i < paths.size(); ++i) detail += (i == 0 ? " " : ", ") + paths[i];
  if (const std::string near = closest(path.substr(0, 200), paths); !near.empty())
    detail += "; did you mean " + near + "?";
  return problem(404, detail);
}

/// What no route takes: another method, or a path that there is not.
Response Router::answer_without_route(const RequestHead& head) const {
  const std::string allowed = allowed_methods(head.path);
  if (allowed.empty()) return not_found(head.path);
  if (head.method == "OPTIONS") {
    if (std::optional<Response> answer = preflight(sites_, head, allowed)) return std::move(*answer);
    return Response{204, {}, {}, {{"Allow", allowed}}, false};
  }
  Response response =
      problem(405, visible_text(head.method.substr(0, 40)) + " is not for " + head.path + "; use " + allowed);
  response.headers.push_back({"Allow", allowed});
  return response;
}

Routed Router::find(const RequestHead& head, const BodyFrame& frame) const {
  Routed routed;
  // Before all else: a page that may not ask learns nothing.
  if (sites_.strict) routed.answer = check_site(sites_, !token_.empty(), head);
  if (routed.answer) return routed;
  const auto found = std::find_if(routes_.begin(), routes_.end(), [&](const Route& route) {
    return (route.method == head.method || (head.method == "HEAD" && route.method == "GET")) &&
           fits_path(route.path, head.path);
  });
  if (found == routes_.end()) {
    routed.answer = answer_without_route(head);
    return routed;
  }
  routed.route = &*found;
  if (!sites_.strict) routed.answer = check_site(sites_, !token_.empty(), head);
  if (!routed.answer) routed.answer = check_token(*found, head);
  if (!routed.answer) routed.answer = check_body(*found, head, frame);
  if (!routed.answer) routed.answer = check_coding(head, routed.gzip);
  const bool is_handshake = found->opens(head) && found->stream == StreamKind::websocket;
  if (!routed.answer && is_handshake) routed.answer = check_handshake(head);
  if (!routed.answer && found->admit) routed.answer = found->admit(head);
  return routed;
}

}  // namespace racesim::http
