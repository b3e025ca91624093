// POST /play and /events of a service that keeps nothing.
#pragma once

#include <vector>

#include "io/http/server/server.h"

namespace racesim::serve {

/// 404, with the option that makes them.
std::vector<http::Route> routes_without_store();

}  // namespace racesim::serve
