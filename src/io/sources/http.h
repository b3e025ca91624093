// Records that clients POST to /play and /events. A request is one block; its answer goes out when the block
// is settled: 2xx only after the commit. docs/formats/http-ingest.md shows requests and answers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "io/http/server/metrics.h"
#include "io/http/server/server.h"
#include "io/sources/http_intake.h"
#include "io/sources/source.h"

namespace racesim {

struct HttpSourceOptions {
  std::string listen = "127.0.0.1:8000";
  http::ServerOptions server;
  http::IntakeLimits intake;
  http::StatusCallbacks status;  ///< while there is trouble, requests get 503
};

/// Nothing is listened on before open(). Errors: usage (the address; off loopback without a token).
Result<std::unique_ptr<Source>> make_http_source(const HttpSourceOptions& options);
/// What open() would refuse, as far as can be told without listening.
Done check_http_source(const HttpSourceOptions& options);

}  // namespace racesim
