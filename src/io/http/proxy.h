// Proxies that the environment names. racesim connects directly, and says so where others would not.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/error.h"
#include "io/http/endpoint.h"

namespace racesim::http {

/// Empty: the variable is not set.
using Environment = std::function<std::string(const std::string& variable)>;

/// A warning if the environment sends requests to the endpoint through a proxy: http_proxy or HTTP_PROXY,
/// https_proxy or HTTPS_PROXY for https, else all_proxy or ALL_PROXY; not for this machine's own addresses,
/// nor for hosts of no_proxy or NO_PROXY (names and their subdomains, addresses, or *, separated by commas).
/// Names the variable, never its value, which may hold a password.
std::optional<Error> unused_proxy(const Endpoint& endpoint, const Environment& environment);

}  // namespace racesim::http
