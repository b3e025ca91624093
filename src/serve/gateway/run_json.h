// Runs as JSON.
#pragma once

#include <span>
#include <string>

#include "serve/gateway/resolvers.h"

namespace racesim::serve {

/// {"items":[{"run","scenario","session","track","seed","started","events","live","stored"}]}.
/// Errors: those of the store.
Result<std::string> runs_json(const Resolvers& resolvers, std::span<const ListedRun> runs);

}  // namespace racesim::serve
