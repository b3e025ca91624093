#include "io/http/server/listen_address.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace racesim::http {
namespace {

constexpr const char* kListenExample = "example: --listen 127.0.0.1:8000";

tl::unexpected<Error> no_address(std::string_view text, const std::string& why) {
  return fail(ErrorKind::usage, "'" + std::string(text) + "' is no HOST:PORT to listen on: " + why,
              kListenExample);
}

/// Numeric addresses of a name, in the order of the resolver, each once.
Result<std::vector<std::string>> resolve_host(const std::string& host, std::string_view text) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int code = getaddrinfo(host.c_str(), nullptr, &wanted, &found);
  if (code != 0) return no_address(text, host + ": " + gai_strerror(code));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, freeaddrinfo);
  std::vector<std::string> addresses;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    char numeric[NI_MAXHOST];
    if (getnameinfo(at->ai_addr, at->ai_addrlen, numeric, sizeof numeric, nullptr, 0, NI_NUMERICHOST) != 0)
      continue;
    if (std::find(addresses.begin(), addresses.end(), numeric) == addresses.end())
      addresses.emplace_back(numeric);
  }
  if (addresses.empty()) return no_address(text, host + " has no address");
  return addresses;
}

}  // namespace

bool is_loopback_address(std::string_view address) {
  const std::string text(address);
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  if (inet_pton(AF_INET6, text.c_str(), &v6) != 1) return false;
  if (IN6_IS_ADDR_V4MAPPED(&v6)) return v6.s6_addr[12] == 127;
  return IN6_IS_ADDR_LOOPBACK(&v6);
}

std::string ListenAddress::text() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return no_address(text, "the port is missing");
  const std::string_view port = text.substr(colon + 1);
  std::string_view host = text.substr(0, colon);
  ListenAddress to;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), to.port);
  if (error != std::errc() || end != port.data() + port.size())
    return no_address(text, "the port is a number from 0 (any) to 65535");
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return no_address(text, "an IPv6 address stands in brackets: [::1]:8000");
  }
  to.host = host;
  if (host.empty() || host == "*") {
    to.host = "0.0.0.0";
    to.addresses = {"0.0.0.0", "::"};
  } else if (host == "localhost") {
    to.addresses = {"127.0.0.1", "::1"};
  } else {
    Result<std::vector<std::string>> found = resolve_host(to.host, text);
    if (!found) return tl::make_unexpected(found.error());
    to.addresses = std::move(*found);
  }
  to.loopback = std::all_of(to.addresses.begin(), to.addresses.end(), is_loopback_address);
  return to;
}

Done check_protection(const ListenAddress& address, bool has_token) {
  if (address.loopback || has_token) return {};
  return fail(ErrorKind::usage,
              "listen on " + address.text() + ": other machines can reach it, and no token protects it",
              "give --token-file FILE, or listen on 127.0.0.1:" + std::to_string(address.port));
}

}  // namespace racesim::http
