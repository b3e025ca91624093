// What is said of a run that waits at its end.
#pragma once

#include <string>

#include "run/config.h"
#include "run/generate/status.h"

namespace racesim::cli {

/// "waiting up to 30s for 12 events in flight to http://…; Ctrl-C again ends at once". `signal`: the one that
/// asked for the end.
std::string drain_text(const RunConfig& config, const RunStatus& status, int signal);

}  // namespace racesim::cli
