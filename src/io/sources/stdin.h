// Events of the standard input. Another stream may come the next time, so no position is kept: repeated
// events are told by their ids.
#pragma once

#include <memory>

#include "base/error.h"
#include "io/sources/source.h"

namespace racesim {

/// Compressed input is decompressed. One at a time.
Result<std::unique_ptr<Source>> make_stdin_source();

}  // namespace racesim
