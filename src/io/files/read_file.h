// Small files as a whole.
#pragma once

#include <cstddef>
#include <string>

#include "base/error.h"

namespace racesim {

/// Why a file could not be opened for reading: errno of the open(). Tells of PATH.partial where only that is
/// there, the file of a run that has not come to its end.
Error open_error(const std::string& path, int error_number);

/// All bytes of the file (or pipe) at `path`. Errors (runtime), beginning with "read PATH": what open() or
/// read() says, a directory, more than `most_bytes`. Any thread.
Result<std::string> read_file(const std::string& path, std::size_t most_bytes);

/// The same for text in UTF-8: what begins like compressed data, an archive or UTF-16 is refused too, with
/// the way to make text of it.
Result<std::string> read_text_file(const std::string& path, std::size_t most_bytes);

}  // namespace racesim
