// How a run ended: its exit code, and the errors that explain it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/commands/run/thresholds.h"
#include "cli/terminal/log.h"
#include "run/config.h"
#include "run/generate/run.h"

namespace racesim::cli {

/// How a run was ended from outside.
struct Interruption {
  int signal = 0;  ///< of the first signal; 0: none came
  int count = 0;
};

/// The exit code of a run that Run::wait() has ended. A bounded run that a signal cut short ends with 128
/// + the signal's number, then come violated thresholds (5) before undelivered events (4).
int run_exit_code(const RunConfig& config, const RunResult& result, const Interruption& interruption,
                  const std::vector<Threshold>& thresholds);

/// "3 events not delivered: HTTP 500: boom (3)", if events failed and no other error tells why.
std::optional<Error> undelivered_error(const RunConfig& config, const RunResult& result);

/// Of a replay: records that were no events, the first one with its reason.
std::optional<Error> refused_error(const RunConfig& config, const RunResult& result);

/// The summary's numbers as fields of a log line.
std::vector<LogField> summary_fields(const RunResult& result);

/// "threshold error_rate<0.01 does not hold: 0.25" for each that is violated.
std::vector<Error> violations(const std::vector<Threshold>& thresholds, const RunResult& result);

}  // namespace racesim::cli
