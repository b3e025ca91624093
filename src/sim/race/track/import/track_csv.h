// The text form in which circuits are exchanged: x_m,y_m,w_tr_right_m,w_tr_left_m, one centreline point per
// line.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "sim/race/track/curve.h"

namespace racesim::race {

struct CsvPoint {
  Vec place;
  double right_m;
  double left_m;
  std::size_t line;  ///< of the text, from 1
};

/// The points of a closed circuit: at least 10, none twice in a row, the first not repeated at the end. Lines
/// that begin with '#' and empty ones are left out, and so is a first line of column names. Errors
/// (master_data) begin with `name` and the line: not four numbers, not finite, widths not above 0 and below
/// 100 m, a gap, an open end, a length below 200 m or above 50 km.
Result<std::vector<CsvPoint>> read_track_csv(std::string_view text, std::string_view name);

}  // namespace racesim::race
