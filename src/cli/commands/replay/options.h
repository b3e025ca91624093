// The options of racesim replay, as given, and how they become a RunConfig.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/commands/run/options.h"
#include "run/replay/replay_config.h"

namespace racesim::cli {

struct ReplayOptions {
  // Source
  std::vector<std::string> sources;
  std::vector<std::string> dead_letters;
  std::string source_brokers;  ///< empty: --brokers
  std::string password_file;
  // Records
  std::string time_field, time_unit, key_field;
  SeekPoint from, to;
  std::vector<FieldFilter> filters;
  // Time
  std::optional<double> speed;  ///< 0: as fast as possible; none: as what is replayed asks for
  std::uint64_t rounds = 1;
  bool loops = false;
  std::string timestamps;
  std::optional<std::int64_t> start_ns;
  std::string zone;
  std::int64_t max_gap_ns = 0;
  RunOptions run;
};

std::vector<OptionSpec> replay_options(ReplayOptions& options);

/// Checks the combination and fills in what depends on it; reads the files of secrets. Errors: usage.
Result<RunConfig> make_replay_config(const ReplayOptions& options, const Settings& settings);

}  // namespace racesim::cli
