#include "io/http/proxy.h"

#include <algorithm>
#include <string_view>

namespace racesim::http {
namespace {

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return lower;
}

/// Whether `rule` of no_proxy is the host or a domain above it.
bool covers(std::string_view rule, const std::string& host) {
  const std::size_t begin = rule.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return false;
  rule = rule.substr(begin, rule.find_last_not_of(" \t") - begin + 1);
  if (rule == "*") return true;
  if (rule.front() == '.') rule.remove_prefix(1);
  if (rule.size() > 1 && rule.front() == '[' && rule.back() == ']') rule = rule.substr(1, rule.size() - 2);
  const std::string name = lower_case(rule);
  return !name.empty() && (host == name || host.ends_with("." + name));
}

bool is_exempt(const Endpoint& endpoint, std::string rules) {
  const std::string host = lower_case(endpoint.host);
  if (host == "localhost" || host == "::1" || (endpoint.host_is_address && host.starts_with("127.")))
    return true;
  for (std::string_view rest = rules; !rest.empty();) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    if (covers(rest.substr(0, end), host)) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

}  // namespace

std::optional<Error> unused_proxy(const Endpoint& endpoint, const Environment& environment) {
  std::string rules = environment("no_proxy");
  if (rules.empty()) rules = environment("NO_PROXY");
  if (is_exempt(endpoint, std::move(rules))) return std::nullopt;
  const char* const plain[] = {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"};
  const char* const secure[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
  for (const char* variable : endpoint.tls ? secure : plain)
    if (!environment(variable).empty())
      return Error{ErrorKind::usage,
                   std::string(variable) + " is set and not used: requests go directly to " + endpoint.host,
                   "NO_PROXY=" + endpoint.host + " silences this"};
  return std::nullopt;
}

}  // namespace racesim::http
