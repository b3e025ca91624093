// What is shown of a run while it goes on.
#pragma once

#include <string>
#include <vector>

#include "cli/terminal/progress.h"
#include "cli/terminal/signals.h"
#include "run/config.h"
#include "run/generate/run.h"

namespace racesim::cli {

void show_warnings(const std::vector<Error>& warnings);

/// "waiting up to 30s for 12 events in flight to http://…; Ctrl-C again ends at once". `signal`: the one that
/// asked for the end.
std::string drain_text(const RunConfig& config, const RunStatus& status, int signal);

/// Draws progress until the run has ended, and says once that a signal came.
RunResult watch(Run& run, const RunConfig& config, Progress& progress, const SignalWatch& signals);

}  // namespace racesim::cli
