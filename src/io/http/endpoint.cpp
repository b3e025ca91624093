#include "io/http/endpoint.h"

#include <algorithm>
#include <boost/url.hpp>
#include <charconv>
#include <optional>
#include <utility>

namespace racesim::http {
namespace {

constexpr const char* kExample = "example: http://localhost:8000/play";

tl::unexpected<Error> bad_url(std::string_view url, const std::string& why, std::string hint = kExample) {
  return fail(ErrorKind::usage, "API endpoint '" + std::string(url) + "' " + why, std::move(hint));
}

/// Where path, query or fragment begin.
std::size_t behind_authority(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return url.size();
  return std::min(url.find_first_of("/?#", scheme + 3), url.size());
}

bool is_wild(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

/// What no URL holds as it is, though people type it.
bool needs_encoding(char c) {
  return static_cast<unsigned char>(c) <= ' ' || c == 0x7f ||
         std::string_view("\"<>\\^`{|}[]").find(c) != std::string_view::npos;
}

/// The URL with the characters behind its authority percent-encoded that `is_meant` picks.
std::string encoded(std::string_view url, bool (*is_meant)(char)) {
  constexpr const char* kHex = "0123456789ABCDEF";
  const std::size_t rest = behind_authority(url);
  std::string text(url.substr(0, rest));
  for (const char c : url.substr(rest)) {
    if (!is_meant(c)) {
      text += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    text += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return text;
}

/// What must be written in another way, and how. Nothing if all is well.
std::optional<Error> find_misspelling(std::string_view url) {
  if (url.find("://") == std::string_view::npos) return std::nullopt;
  const std::size_t rest = behind_authority(url);
  const std::string_view authority = url.substr(0, rest);
  // The URL is not repeated here: it holds a secret.
  if (authority.find('@') != std::string_view::npos)
    return Error{ErrorKind::usage, "API endpoint holds a user name or password",
                 "secrets come from --token-file only; " + std::string(kExample)};
  const auto misspelt = [&](const std::string& why, std::string hint) {
    return bad_url(url, why, std::move(hint)).value();
  };
  if (authority.find(' ') != std::string_view::npos) return misspelt("holds a blank in its host", kExample);
  if (std::any_of(authority.begin(), authority.end(), is_wild)) {
    const std::string host(authority.substr(authority.find("://") + 3));
    return misspelt("names a host with letters beyond ASCII",
                    "write its ASCII form, which begins with xn--; this prints it: idn2 " +
                        host.substr(0, host.rfind(':')));
  }
  const auto bad = std::find_if(url.begin() + static_cast<std::ptrdiff_t>(rest), url.end(), needs_encoding);
  if (bad == url.end()) return std::nullopt;
  const bool visible = *bad > ' ' && *bad < 0x7f;
  return misspelt(*bad == ' ' ? "holds a blank"
                  : visible   ? std::string("holds '") + *bad + "', which has to be encoded"
                              : "holds a control character",
                  "write " + encoded(encoded(url, needs_encoding), is_wild));
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

/// `ascii` is `url` as servers read it.
Result<Endpoint> take_apart(std::string_view url, const std::string& ascii) {
  const auto parsed = boost::urls::parse_uri(boost::urls::string_view(ascii.data(), ascii.size()));
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
  if (std::optional<Error> misspelt = find_misspelling(url)) return tl::make_unexpected(*std::move(misspelt));
  try {
    return take_apart(url, encoded(url, is_wild));
  } catch (const std::exception& e) {
    return bad_url(url, std::string("cannot be read: ") + e.what());
  }
}

}  // namespace racesim::http
