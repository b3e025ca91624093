// Whether a file still holds what a checkpoint remembers of it.
#pragma once

#include <cstdint>
#include <string>

#include "io/resumable.h"

namespace racesim {

/// Why the place `known` does not count in the file at `path`, of which the first `bytes` are whole lines: a
/// power cut took what was written last, or somebody changed the file. Empty: it does.
std::string change_before(const std::string& path, std::uint64_t bytes, const StreamPosition& known);

}  // namespace racesim
