#include "io/http/server/sites.h"

#include <arpa/inet.h>

#include <algorithm>

#include "base/visible.h"
#include "io/http/server/listen_address.h"

namespace racesim::http {
namespace {

/// "localhost:3000", "[::1]:80" → the host.
std::string_view host_of(std::string_view authority) {
  if (authority.starts_with('['))
    return authority.substr(1, std::min(authority.find(']'), authority.size()) - 1);
  return authority.substr(0, authority.find(':'));
}

/// "http://localhost:3000" → "localhost:3000"; empty: it has no scheme.
std::string_view authority_of(std::string_view origin) {
  const std::size_t scheme = origin.find("://");
  return scheme == std::string_view::npos ? std::string_view() : origin.substr(scheme + 3);
}

bool is_address(std::string_view host) {
  const std::string text(host);
  unsigned char ignored[sizeof(in6_addr)];
  return inet_pton(AF_INET, text.c_str(), ignored) == 1 || inet_pton(AF_INET6, text.c_str(), ignored) == 1;
}

bool is_allowed(const SiteRules& rules, std::string_view origin) {
  return std::any_of(rules.allow_origins.begin(), rules.allow_origins.end(),
                     [&](const std::string& allowed) { return same_word(allowed, origin); });
}

// A foreign name that resolves to this machine makes a foreign page the server's own (DNS rebinding).
bool is_own_name(const SiteRules& rules, std::string_view host) {
  if (is_address(host) || same_word(host, "localhost") || same_word(host, rules.own_host)) return true;
  return std::any_of(rules.allow_origins.begin(), rules.allow_origins.end(), [&](const std::string& allowed) {
    return same_word(host_of(authority_of(allowed)), host);
  });
}

Response refused_page(std::string_view origin, const std::string& remedy) {
  return problem(403, "pages of " + visible_text(origin.substr(0, 200)) + " may not write here; " + remedy);
}

}  // namespace

Done check_origin_text(std::string_view text) {
  const std::string_view authority = authority_of(text);
  const bool known_scheme = text.starts_with("http://") || text.starts_with("https://");
  if (known_scheme && !authority.empty() && authority.find_first_of("/?#*@ ") == std::string_view::npos &&
      visible_text(text) == text)
    return {};
  return fail(ErrorKind::usage, "'" + std::string(text) + "' is no origin: scheme, host and port, no path",
              "example: --allow-origin https://dash.example:8443");
}

std::optional<Response> check_site(const SiteRules& rules, bool has_token, const RequestHead& head) {
  const std::string* const host = head.header("Host");
  if (rules.strict && !has_token && host != nullptr && !is_own_name(rules, host_of(*host)))
    return problem(403, "this server is not called " + visible_text(host->substr(0, 200)) +
                            "; use its address, or start it with --token-file or --allow-origin");
  const std::string* const origin = head.header("Origin");
  if (origin == nullptr) return std::nullopt;
  if (rules.strict) {
    const bool own = host != nullptr && same_word(authority_of(*origin), *host);
    if (own || is_allowed(rules, *origin)) return std::nullopt;
    return refused_page(*origin, "start the server with --allow-origin for their origin");
  }
  const std::string_view page_host = host_of(authority_of(*origin));
  if (has_token || page_host == "localhost" || is_loopback_address(page_host)) return std::nullopt;
  return refused_page(*origin, "start the server with --token-file, and let them send the token");
}

std::string cors_lines(const SiteRules& rules, const RequestHead& head) {
  if (rules.allow_origins.empty()) return {};
  const std::string* const origin = head.header("Origin");
  if (origin == nullptr || !is_allowed(rules, *origin)) return "Vary: Origin\r\n";
  return "Vary: Origin\r\nAccess-Control-Allow-Origin: " + *origin + "\r\n";
}

std::optional<Response> preflight(const SiteRules& rules, const RequestHead& head,
                                  const std::string& methods) {
  const std::string* const origin = head.header("Origin");
  if (origin == nullptr || head.header("Access-Control-Request-Method") == nullptr ||
      !is_allowed(rules, *origin))
    return std::nullopt;
  Response response;
  response.status = 204;
  response.headers = {{"Allow", methods},
                      {"Access-Control-Allow-Methods", methods},
                      {"Access-Control-Allow-Headers", "Authorization, Content-Type, Last-Event-ID"},
                      {"Access-Control-Max-Age", "600"}};
  return response;
}

}  // namespace racesim::http
