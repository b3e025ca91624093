// What users write about a part of a recording.
#pragma once

#include <string_view>

#include "base/error.h"
#include "run/replay/replay_config.h"

namespace racesim {

/// "2026-07-05T14:10:00Z", "+90s", "lap:12", "offset:1000". Errors (usage) show right ones.
Result<SeekPoint> parse_seek(std::string_view text);

/// "car=63", "car=63,44", "speed_kmh=250..300", "lap=..10", "driver=HAL". Errors: usage.
Result<FieldFilter> parse_filter(std::string_view text);

/// Whether a value, as it stands in a record without quotes, is one of the filter's.
bool passes(const FieldFilter& filter, std::string_view value);

}  // namespace racesim
