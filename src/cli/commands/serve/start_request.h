// From the fields of a request to a run, by the declarations of the command line.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "cli/command.h"
#include "serve/control/start_fields.h"

namespace racesim::cli {

/// `base`: the settings that the service was started with; fields count more. `served`: its scenarios, at
/// least one; the first holds where none is named, and what was typed for a scenario holds for these. Errors
/// (usage) name the field, in the words that racesim run has for the option.
Result<RunConfig> make_requested_run(const serve::StartFields& fields, const Settings& base,
                                     const std::vector<std::string>& served, Clock& clock);

}  // namespace racesim::cli
