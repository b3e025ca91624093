// What a run would do, in words: for --dry-run, before anything is sent.
#pragma once

#include <string>

#include "run/config.h"
#include "run/generate/run.h"

namespace racesim::cli {

/// Whether the run ends by itself: its window, its number of events, or what is simulated has an end.
bool has_end(const ContentOptions& content);
/// The same of what is sent: a recording has one unless it is repeated for ever.
bool has_end(const RunConfig& config);

/// Window, content, volume, rate, expected time, sinks: a line each.
std::string plan_text(const RunConfig& config, const RunPlan& plan);
std::string plan_json(const RunConfig& config, const RunPlan& plan);

}  // namespace racesim::cli
