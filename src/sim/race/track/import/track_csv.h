// The text form in which circuits are exchanged: x_m,y_m,w_tr_right_m,w_tr_left_m, one centreline point per
// line.
#pragma once

#include <string_view>

#include "base/error.h"
#include "sim/race/track/import/centreline.h"

namespace racesim::race {

/// The points of a closed circuit. Cells are separated by commas, semicolons, tabs or blanks; a number may
/// have a decimal comma. Where a line of names stands before the points (track_columns.h), with '#' or
/// without, they say what the columns hold; else it is the order above. Other lines that begin with '#' and
/// empty ones are left out. Errors (master_data) begin with `name` and the line: a name that is not known,
/// not as many columns as there should be, not numbers, not finite, widths not above 0 and below 100 m, and
/// those of close_circuit().
Result<Centreline> read_track_csv(std::string_view text, std::string_view name);

}  // namespace racesim::race
