// The name of a run: 8 hex digits from what decides its bytes.
#pragma once

#include <array>
#include <cstdint>

#include "run/config.h"

namespace racesim {

/// Hash of the content options, the scenario's version and the master data it reads. The same command run
/// twice is the same run. A volume per minute makes the same events whatever the end, so the end does not
/// count then.
std::uint32_t derive_run(const ContentOptions& content, int scenario_version,
                         const std::array<std::uint64_t, 2>& master_hash);

}  // namespace racesim
