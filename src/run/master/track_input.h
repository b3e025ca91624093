// Tracks as commands about tracks name them: a built-in one, or a file.
#pragma once

#include <string>

#include "base/error.h"
#include "sim/race/track/import/import.h"
#include "sim/race/track/track.h"

namespace racesim {

/// The track called `name`, or that in the file `name` if it is a path (race::is_track_path). Errors: usage
/// for an unknown name or bad content, runtime for a file that cannot be read. A CSV or GeoJSON file takes
/// 0.1 to 0.3 s for 1 km.
Result<race::Track> load_track(const std::string& name, const race::ImportOptions& options = {});

}  // namespace racesim
