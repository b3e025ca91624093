// The summary of a run that has ended, for people and as JSON.
#pragma once

#include <string>
#include <vector>

#include "cli/commands/run/thresholds.h"
#include "cli/terminal/terminal.h"
#include "run/config.h"
#include "run/generate/run.h"

namespace racesim::cli {

/// The lines at the end, no wider than the screen. `manifest`: path, empty without one.
std::string summary_text(const RunConfig& config, const RunResult& result, const std::string& manifest,
                         const Screen& screen);

/// One JSON object on one line; docs/formats/summary.md has its members.
std::string summary_json(const RunConfig& config, const RunResult& result, const std::string& manifest,
                         const std::vector<Threshold>& thresholds, int exit_code);

}  // namespace racesim::cli
