// Whether a recording is still what a replay has read.
#pragma once

#include "base/error.h"
#include "run/replay/replay_config.h"

namespace racesim {

/// Reads the lanes of `config.found` once, as far as the replay read them. Errors: usage, which names the
/// lane that is another one now and how it differs; those of the sources.
Done check_unchanged(const ReplayConfig& config);

}  // namespace racesim
