// Reads what gzip and zstd made.
#pragma once

#include <memory>
#include <string>

#include "io/files/byte_source.h"

namespace racesim {

/// Any number of gzip members behind one another. `name` is for messages. Errors of read(): runtime, for data
/// that are damaged or end in the middle. With `growing` such an end is only that of what is there by now.
std::unique_ptr<ByteSource> make_gzip_source(std::unique_ptr<ByteSource> from, std::string name,
                                             bool growing = false);

/// Likewise, of zstd frames.
std::unique_ptr<ByteSource> make_zstd_source(std::unique_ptr<ByteSource> from, std::string name,
                                             bool growing = false);

}  // namespace racesim
