// What racesim start, stop and status have in common: they ask a service.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/globals.h"

namespace racesim::cli {

struct RemoteOptions {
  std::string url, token_file, ca_file;
};

std::vector<OptionSpec> remote_options(RemoteOptions& options);

/// Sends the request to the service and shows its answer: as it is with --json, else a line per run. Errors:
/// those of the service in its own words; busy for 409, usage for 400.
Result<int> ask_service(const Context& context, const RemoteOptions& options, const std::string& method,
                        const std::string& path, const std::string& body);

/// A line per run of an answer of /status, or of the one run of an answer of /start.
std::string runs_text(std::string_view json);

}  // namespace racesim::cli
