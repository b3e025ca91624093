// A track as a file: JSON with the fields of track.h and one row per centreline point. data/tracks/ holds
// examples.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "sim/race/track/track.h"

namespace racesim::race {

/// Reads the JSON form and checks it as check_track() does. `origin` names the text in errors (master_data),
/// which also name the field.
Result<Track> parse_track(std::string_view json, std::string_view origin);

/// The JSON form; parse_track() reads it back with coordinates and offsets to 0.1 mm, widths to 1 cm.
std::string write_track(const Track& track);

/// What a track must keep for the rest of the scenario: at least 30 points, positive widths, a driven line
/// between the edges, places on the lap in ascending order, at least 12 checkpoints with the first at 0,
/// sector ends among them, a pit lane round the timing line that some checkpoint lies before and behind. The
/// error's `what` begins with `origin` and the field.
Done check_track(const Track& track, std::string_view origin);

}  // namespace racesim::race
