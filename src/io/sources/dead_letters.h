// The events of a dead-letter file, as they should have been sent. docs/formats/dead-letter.md says what a
// line holds.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "io/sources/source.h"

namespace racesim {

/// The event of a line, byte for byte, whether a sink gave it up or a store could not take it. None: the line
/// holds none, `why` says why.
std::optional<std::string> event_of_dead_letter(std::string_view line, std::string& why);

/// The events of the file in its order. A line that holds none comes as it is: who reads it finds that out.
/// Errors as of a file.
Result<std::unique_ptr<Source>> make_dead_letter_source(const std::string& path);

}  // namespace racesim
