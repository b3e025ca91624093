// The laws of plays: they refer to songs, users and locations that there are, at a time when these were
// there, and last no longer than the song.
#pragma once

#include <memory>

#include "sim/laws.h"

namespace racesim::plays {

/// `input.master` holds songs, users and locations, or none of them.
std::unique_ptr<Laws> make_laws(const LawInput& input);

}  // namespace racesim::plays
