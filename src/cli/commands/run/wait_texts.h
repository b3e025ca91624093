// What is said of a run that waits at its begin or its end.
#pragma once

#include <string>

#include "run/config.h"
#include "run/generate/status.h"

namespace racesim::cli {

/// Of opening a run, which mostly takes a moment; empty where nothing is waited for.
std::string opening_text(const RunConfig& config);

/// "waiting up to 30s for 12 events in flight to http://…; Ctrl-C again ends at once". `signal`: the one that
/// asked for the end.
std::string drain_text(const RunConfig& config, const RunStatus& status, int signal);

}  // namespace racesim::cli
