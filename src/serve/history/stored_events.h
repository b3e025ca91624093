// The events of one run as the store holds them, read again and summed up: what is compared with what the run
// sent.
#pragma once

#include <cstdint>
#include <optional>

#include "base/error.h"
#include "io/stores/registry.h"
#include "run/record/manifest.h"
#include "sim/entry.h"

namespace racesim::serve {

/// Reading a row and making its line again takes some microseconds: more rows are not read.
inline constexpr std::uint64_t kRereadMost = 500'000;

struct StoredEvents {
  std::uint64_t events = 0;
  LineDigest digest;  ///< of the JSON lines that the run wrote of them
};

/// None: there are more, or the rows do not say of which run they are. Blocks for some seconds at most.
/// Errors: those of the store.
Result<std::optional<StoredEvents>> read_stored_events(const StoreInfo& store, const StoreOptions& options,
                                                       const ScenarioEntry& scenario, std::uint32_t run);

}  // namespace racesim::serve
