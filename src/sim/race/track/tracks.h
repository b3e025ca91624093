// The tracks that are built into the program, and those of users' files.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/embedded_file.h"
#include "base/error.h"
#include "sim/race/track/import/import.h"
#include "sim/race/track/track.h"

namespace racesim::race {

/// The files of data/tracks/, in alphabetical order.
std::span<const EmbeddedFile> embedded_tracks();

/// The track of that name, parsed anew. Error (usage): there is none; the hint lists those there are.
Result<Track> find_track(std::string_view name);

/// Whether what is given as a track is a file's path: it ends in .csv, .json or .geojson or holds a '/'.
bool is_track_path(std::string_view text);

/// No track file is larger; the longest circuits have less than 2 MB.
inline constexpr std::size_t kTrackFileMost_bytes = std::size_t{64} << 20;

/// The track in a file: JSON (track_file.h, or GeoJSON) if it begins with '{', else CSV (import.h). `path`
/// stands in errors, which are usage errors, and names an imported track: "tracks/spa.csv" → spa.
Result<Track> read_track(std::string_view text, const std::string& path, const ImportOptions& options = {});

}  // namespace racesim::race
