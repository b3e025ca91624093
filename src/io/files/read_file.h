// Small files as a whole.
#pragma once

#include <cstddef>
#include <string>

#include "base/error.h"

namespace racesim {

/// All bytes of the file (or pipe) at `path`. Errors (runtime), beginning with "read PATH": what open() or
/// read() says, a directory, more than `most_bytes`. Any thread.
Result<std::string> read_file(const std::string& path, std::size_t most_bytes);

}  // namespace racesim
