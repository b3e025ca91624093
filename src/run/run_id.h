// The name of a run: 8 hex digits from what decides its bytes.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "sim/entry.h"

namespace racesim {

/// Hash of the scenario and its version, seed, start, `identity` (identity_of() of the content) and the
/// master data it reads. The same command run twice is the same run. `frame.run` does not count.
std::uint32_t derive_run(const ScenarioEntry& scenario, const Frame& frame, const std::string& identity,
                         const std::array<std::uint64_t, 2>& master_hash);

/// 8 lower-case hex digits.
std::string run_text(std::uint32_t run);

}  // namespace racesim
