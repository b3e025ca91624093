// Lines made of pieces: one that must not wrap leaves the least important ones out; one that may wrap breaks
// between them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "cli/terminal/terminal.h"

namespace racesim::cli {

/// A part of a line of the screen.
struct Piece {
  std::string text;  ///< without escape sequences
  int rank = 0;      ///< 0 matters most: it is left out last
  std::optional<Tint> tint{};
  std::size_t gap = 2;      ///< spaces before it, 1 at least
  std::size_t reserve = 0;  ///< it is counted with so many columns, so that growing numbers push nothing out
  std::size_t least = 0;    ///< above 0: it may be shortened to so many columns
};

/// As many pieces as fit into `columns`, the most important ones, in the order given. Never wider.
std::string one_line(const std::vector<Piece>& pieces, std::size_t columns, const Screen& screen);

/// "  label     pieces …" in `columns`: those that do not fit go on below the first one.
std::string labelled_row(std::string_view label, const std::vector<Piece>& pieces, std::size_t columns,
                         const Screen& screen);

/// Text that was cut to `columns`, with the sign that it was.
std::string shortened(const std::string& text, std::size_t columns, bool utf8);

}  // namespace racesim::cli
