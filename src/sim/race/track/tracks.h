// The tracks that are built into the program.
#pragma once

#include <span>
#include <string_view>

#include "base/error.h"
#include "sim/race/track/track.h"

namespace racesim::race {

/// One file of data/tracks/.
struct EmbeddedTrack {
  std::string_view name;
  std::string_view json;
};

/// In alphabetical order.
std::span<const EmbeddedTrack> embedded_tracks();

/// The track of that name, parsed anew. Error (usage): there is none; the hint lists those there are.
Result<Track> find_track(std::string_view name);

}  // namespace racesim::race
