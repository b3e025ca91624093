// The name of a run: 8 hex digits from what decides its bytes.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "sim/scenario.h"

namespace racesim {

/// Hash of the scenario and its version, what decides its events, and the master data it reads. The same
/// command run twice is the same run. `config.run` does not count.
std::uint32_t derive_run(const ScenarioEntry& scenario, const ScenarioConfig& config,
                         const std::array<std::uint64_t, 2>& master_hash);

/// 8 lower-case hex digits.
std::string run_text(std::uint32_t run);

}  // namespace racesim
