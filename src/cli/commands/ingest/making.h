// From a plan to an ingest: its decoder, store and source are made and opened.
#pragma once

#include <memory>

#include "cli/commands/ingest/options.h"
#include "cli/terminal/signals.h"
#include "run/ingest/ingest.h"

namespace racesim::cli {

/// Waits for a store that somebody else holds, until a signal comes. Errors: those of its parts.
Result<std::unique_ptr<Ingest>> make_ingest(IngestPlan plan, const SignalWatch& signals);

}  // namespace racesim::cli
