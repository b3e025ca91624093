// Events in memory as a CSV file.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "serve/live/event_ring.h"

namespace racesim::serve {

/// The header and a line per event, as `racesim run --format csv` writes them. Events of another schema than
/// `schema` are left out. Errors: runtime, for a schema without a CSV form.
Result<std::string> csv_of(std::span<const EventPlace> events, const SchemaInfo& schema);

/// The same CSV with an apostrophe before every cell that a spreadsheet would take for a formula: one that
/// begins with = + - @ or a control character and is no number.
std::string spreadsheet_safe(std::string_view csv);

}  // namespace racesim::serve
