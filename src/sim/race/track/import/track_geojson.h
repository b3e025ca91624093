// Circuits as maps give them: GeoJSON (RFC 7946), longitude and latitude in degrees (WGS 84).
#pragma once

#include <string_view>

#include "base/error.h"
#include "sim/race/track/import/centreline.h"

namespace racesim::race {

/// Whether a JSON text is GeoJSON, and not a track's own form (track_file.h).
bool is_geojson(std::string_view text);

/// The one line of the text: a LineString, a Feature or a MultiLineString of one, or the only line of a
/// FeatureCollection, whose other features are left out. Positions become metres east and north of the
/// first, which is the anchor; legs longer than 150 m are straights and get
/// points between. Half of `width_m` lies on either
/// side. Errors (master_data) begin with `name`: not JSON, no line or several, positions that are not
/// degrees or seem to be swapped, legs above 3 km, and those of close_circuit().
Result<Centreline> read_track_geojson(std::string_view text, std::string_view name, double width_m);

}  // namespace racesim::race
