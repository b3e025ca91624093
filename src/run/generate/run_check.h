// What a configuration is warned of.
#pragma once

#include <optional>

#include "base/error.h"
#include "run/config.h"
#include "run/content.h"

namespace racesim {

/// The part that --shard names has no events.
std::optional<Error> empty_part_warning(const RunConfig& config, const Content& content);

/// What the content may have that its user may not have meant.
std::vector<Error> content_warnings(const Content& content);

}  // namespace racesim
