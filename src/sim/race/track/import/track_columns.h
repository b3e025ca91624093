// Which column of a track's text holds what, by the names in its first line.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace racesim::race {

/// x, y, the width to the right edge and that to the left.
inline constexpr std::size_t kTrackColumns = 4;

struct TrackColumns {
  std::array<std::size_t, kTrackColumns> at{0, 1, 2, 3};  ///< of x, y, right, left among the cells of a line
  std::size_t count = kTrackColumns;                      ///< of all cells of a line
  std::size_t line = 0;                                   ///< of the names; 0: there are none
  std::optional<std::size_t> height;                      ///< of the height among the cells
};

/// Whether the line is one of names: it holds the name of a column, or nothing but words. Behind a '#' it has
/// to name x and y, for it may be a remark.
bool are_column_names(std::string_view line);

/// The columns that the line names. Error (master_data, without the file's name): a name that is not known,
/// one that stands twice, a column that is missing.
Result<TrackColumns> read_column_names(std::string_view line);

}  // namespace racesim::race
