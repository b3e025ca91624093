// The options of racesim verify.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/commands/verify_input.h"
#include "verify/report.h"

namespace racesim::cli {

/// What they were given.
struct VerifyCommand {
  VerifyInput input;
  bool fast = false, full = false, by_value = false, invariants = false;
  bool aggregates = false;
  std::int64_t watermark_ns = -1, allowed_lateness_ns = 0, batch_interval_ns = 0;
  AllowedFindings allowed;
  std::string report, junit;
  std::uint32_t threads = 2;
  std::int64_t connect_timeout_ns = 10'000'000'000;
};

/// Their setters write into `c`, which outlives them.
std::vector<OptionSpec> verify_options(VerifyCommand& c);

}  // namespace racesim::cli
