// Tracks as the user names them: a built-in one, or a file.
#pragma once

#include <string>

#include "base/error.h"
#include "sim/race/track/track.h"

namespace racesim {

/// The track called `name`, or that in the file `name` if it is a path (race::is_track_path). Errors: usage
/// for an unknown name or bad content, runtime for a file that cannot be read. A CSV file takes 0.1 to 0.3 s
/// for 1 km.
Result<race::Track> load_track(const std::string& name);

/// The JSON of the track in the file `path`, as RaceContent::track_text wants it: a CSV file is imported, so
/// that it and the JSON that `racesim track import` makes of it give the same run.
Result<std::string> load_track_text(const std::string& path);

}  // namespace racesim
