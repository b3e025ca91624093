// What GET /metrics tells of the service.
#pragma once

#include <span>
#include <vector>

#include "io/http/server/metrics.h"
#include "serve/control/status_json.h"
#include "serve/keeping/store_keeper.h"
#include "serve/live/live_feed.h"

namespace racesim::serve {

/// The server's thread. `store`: null: nothing is kept.
std::vector<http::Metric> service_metrics(std::span<const NamedStatus> runs, LiveFeed& feed,
                                          const StoreKeeper* store);

}  // namespace racesim::serve
