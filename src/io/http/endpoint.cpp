#include "io/http/endpoint.h"

#include <boost/url.hpp>
#include <charconv>

namespace racesim::http {
namespace {

constexpr const char* kExample = "example: http://localhost:8000/play";

tl::unexpected<Error> bad_url(std::string_view url, const std::string& why) {
  return fail(ErrorKind::usage, "API endpoint '" + std::string(url) + "' " + why, kExample);
}

std::string text_of(const auto& view) {
  return std::string(view.data(), view.size());
}

// Fills in the port; false if the URL names one that cannot be.
bool read_port(const boost::urls::url_view& view, Endpoint& endpoint) {
  endpoint.port = endpoint.tls ? 443 : 80;
  if (!view.has_port() || view.port().empty()) return true;
  const std::string digits = text_of(view.port());
  unsigned number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number == 0 || number > 65535)
    return false;
  endpoint.port = static_cast<std::uint16_t>(number);
  return true;
}

void read_host(const boost::urls::url_view& view, Endpoint& endpoint) {
  const bool v6 = view.host_type() == boost::urls::host_type::ipv6;
  endpoint.host_is_address = v6 || view.host_type() == boost::urls::host_type::ipv4;
  endpoint.host = v6 ? view.host_ipv6_address().to_string() : view.host();
  if (endpoint.host == "localhost") {
    // Some systems map the name to one of them only, and servers listen on either.
    endpoint.candidates = {"::1", "127.0.0.1"};
  } else {
    endpoint.candidates = {endpoint.host};
  }
  endpoint.host_header = v6 ? "[" + endpoint.host + "]" : endpoint.host;
  if (endpoint.port != (endpoint.tls ? 443 : 80)) endpoint.host_header += ":" + std::to_string(endpoint.port);
}

// A host is decoded before it goes into the Host header, where a line end would start another header.
bool fit_for_a_header(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f) return false;
  }
  return true;
}

Result<Endpoint> take_apart(std::string_view url) {
  const auto parsed = boost::urls::parse_uri(boost::urls::string_view(url.data(), url.size()));
  if (!parsed ||
      (parsed->scheme_id() != boost::urls::scheme::http && parsed->scheme_id() != boost::urls::scheme::https))
    return bad_url(url, "is not an http:// or https:// URL");
  const boost::urls::url_view& view = *parsed;
  if (!view.has_authority() || view.host().empty()) return bad_url(url, "names no host");
  // The URL is not repeated here: it holds a secret.
  if (view.has_userinfo())
    return fail(ErrorKind::usage, "API endpoint holds a user name or password",
                "secrets come from --token-file only; " + std::string(kExample));
  if (view.host_type() == boost::urls::host_type::ipvfuture)
    return bad_url(url, "has a host of unknown form");

  Endpoint endpoint;
  endpoint.tls = view.scheme_id() == boost::urls::scheme::https;
  if (!read_port(view, endpoint)) return bad_url(url, "names a port that is not between 1 and 65535");
  read_host(view, endpoint);
  if (!fit_for_a_header(endpoint.host)) return bad_url(url, "names a host with blanks or control characters");
  // As it was written: decoding and encoding again may change what the server sees.
  endpoint.target = text_of(view.encoded_path());
  if (endpoint.target.empty()) endpoint.target = "/";
  if (view.has_query()) endpoint.target += "?" + text_of(view.encoded_query());
  endpoint.url = (endpoint.tls ? "https://" : "http://") + endpoint.host_header + endpoint.target;
  return endpoint;
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view url) {
  try {
    return take_apart(url);
  } catch (const std::exception& e) {
    return bad_url(url, std::string("cannot be read: ") + e.what());
  }
}

}  // namespace racesim::http
