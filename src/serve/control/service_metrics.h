// What GET /metrics tells of the service.
#pragma once

#include <span>
#include <vector>

#include "io/http/server/metrics.h"
#include "serve/control/status_json.h"
#include "serve/live/live_feed.h"

namespace racesim::serve {

/// The server's thread.
std::vector<http::Metric> service_metrics(std::span<const NamedStatus> runs, LiveFeed& feed);

}  // namespace racesim::serve
