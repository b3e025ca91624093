// Runs as JSON.
#pragma once

#include <span>
#include <string>

#include "serve/gateway/resolvers.h"

namespace racesim::serve {

/// {"items":[{"run","scenario","session","track","seed","started","events","live","stored"}]}.
std::string runs_json(std::span<const ListedRun> runs);

}  // namespace racesim::serve
