// The http sink: POSTs events to an endpoint over a fixed number of keep-alive connections.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "io/dead_letter.h"
#include "io/sink.h"
#include "io/sinks/http_options.h"

namespace racesim {

/// Checks `url` (http or https, host required), reads the token and the certificates, and starts
/// `options.threads` I/O threads; no connection is made before the first event. Delivery is at least once and
/// in order per entity (unless `options.unordered`). `acked` may be null; it, `clock` and `dead_letter` must
/// outlive the sink. Errors: usage (URL, options, files named by options).
///
/// submit() and close() return an error once the endpoint was never reached within `connect_grace_ns`, or
/// once the dead-letter file cannot be written. abandon() fails what is open.
Result<std::unique_ptr<Sink>> open_http_sink(const std::string& url, HttpOptions options, Clock& clock,
                                             AckListener* acked, DeadLetter& dead_letter);

/// What open_http_sink() would refuse, without starting anything: a bad address, an unreadable token file or
/// CA file, more connections than files may be open.
Done check_http_sink(const std::string& url, const HttpOptions& options);

}  // namespace racesim
