// Events of files. Lanes are files, in the order of their paths; their positions are bytes of what they hold
// decompressed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/sources/source.h"

namespace racesim {

/// `patterns`: paths, or patterns as shells have them. With `follow` the files go on as they grow, are
/// rotated or truncated, and new ones that match come in; it ends by stop() alone. Nothing is opened yet.
Result<std::unique_ptr<Source>> make_file_source(const std::vector<std::string>& patterns, bool follow);

/// What open() would refuse: no file has such a name. Errors: usage, runtime.
Done check_file_source(const std::vector<std::string>& patterns, bool follow);

}  // namespace racesim
