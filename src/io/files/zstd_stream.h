// One zstd frame, compressed piece by piece.
#pragma once

#include <memory>

#include "base/error.h"
#include "io/files/compression.h"

namespace racesim {

/// Level 3; the frame carries a checksum of its content.
Result<std::unique_ptr<Compressor>> make_zstd_stream();

}  // namespace racesim
