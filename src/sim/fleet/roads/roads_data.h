// The network's file, which is part of the program.
#pragma once

#include <span>

#include "base/embedded_file.h"

namespace racesim::fleet {

/// The files of data/fleet/.
std::span<const EmbeddedFile> embedded_roads();

}  // namespace racesim::fleet
