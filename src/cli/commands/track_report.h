// What `racesim track import` says of the track that it made, and `racesim track list` of those built in.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "sim/race/track/track.h"

namespace racesim::cli {

/// So much that a wrong file shows at once: length, corners, the fastest lap, and the import's notices. Lines
/// of text, or one JSON object; `output`: the file that was written, empty for stdout.
std::string import_report(const race::Track& track, const std::vector<std::string>& notices,
                          const std::string& output, bool as_json);

/// The built-in tracks: a line each, or one JSON array. Error: one of them is broken, which a build would
/// show.
Result<std::string> tracks_report(bool as_json);

}  // namespace racesim::cli
