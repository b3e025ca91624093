// Makes a track of a circuit's centreline and widths alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "sim/race/track/track.h"

namespace racesim::race {

inline constexpr double kRoadWidth_m = 12;  ///< where a map tells none; regulations want it for new circuits

struct ImportOptions {
  std::optional<double> width_m;     ///< of the whole road, for GeoJSON alone; above 0 and below 200 m
  std::optional<double> altitude_m;  ///< of the circuit above the sea, for the track's air
  std::vector<std::string>* notices = nullptr;  ///< takes what people should know of the text; may be nullptr
};

/// Reads the ecosystem's CSV (track_csv.h) or GeoJSON (track_geojson.h), smooths the centreline, refuses one
/// that runs back over itself or bends more sharply than cars can, searches the driven line and finds
/// corners, checkpoints, DRS zones and a pit lane. The first point is the timing line and x = y = 0; the
/// anchor is its place on the globe, 0 N 0 E for CSV. Heights, where the text has them, are smoothed too
/// (waves shorter than some 120 m are taken for noise) and refused where they climb steeper than roads.
/// `name` names the track; errors (master_data) begin with it. A pure function, bit for bit; 0.1 to 0.3 s for
/// 1 km of track.
Result<Track> import_track(std::string_view text, std::string_view name, const ImportOptions& options = {});

}  // namespace racesim::race
