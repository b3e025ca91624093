// One gzip member, compressed piece by piece.
#pragma once

#include <memory>

#include "base/error.h"
#include "io/files/compression.h"

namespace racesim {

/// Level 6, as gzip's own default. Without a name and a time, so that the same events give the same bytes.
Result<std::unique_ptr<Compressor>> make_gzip_stream();

}  // namespace racesim
