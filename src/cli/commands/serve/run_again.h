// From a manifest in a request to the run that it describes.
#pragma once

#include <optional>

#include "base/error.h"
#include "cli/command.h"
#include "cli/commands/run/options.h"
#include "run/record/manifest.h"
#include "serve/control/start_fields.h"

namespace racesim::cli {

/// None: no field is a manifest. Errors (usage): it is none, of another version, of a replay, of events that
/// are not JSON, or a field beside it would make other events.
Result<std::optional<Manifest>> manifest_in(const serve::StartFields& fields);

/// The same events as the run had; of one that was stopped only those that it sent. `options`, `settings`:
/// what the service and the fields beside the manifest say: when and where events are sent, and the folder of
/// the master data, which must be the same.
Result<RunConfig> make_run_again(const Manifest& manifest, const RunOptions& options,
                                 const Settings& settings);

}  // namespace racesim::cli
