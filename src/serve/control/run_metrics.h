// What GET /metrics tells of runs, of a service or of racesim run --metrics-listen.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "io/http/server/metrics.h"
#include "run/generate/status.h"

namespace racesim::serve {

struct LabelledRun {
  std::string scenario;  ///< the label's value; "replay" for a replay
  RunStatus status;
};

/// Those of one name behind one another. Counters begin anew with each run.
std::vector<http::Metric> run_metrics(std::span<const LabelledRun> runs);

}  // namespace racesim::serve
