// Cells of a line of a track's text, whatever they are separated by.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace racesim::race {

/// What separates the cells of `line`: ';', tab, ',' or, where there is none of these, blanks (' '). A tab
/// behind or before a comma is only space.
char separator_of(std::string_view line);

/// The cells without blanks and quotes around them. A separator between double quotes separates nothing. An
/// empty last cell is left out.
std::vector<std::string_view> split_cells(std::string_view line, char separator);

/// The number if the cell is one; a decimal comma is taken where there is no point.
std::optional<double> number_of(std::string_view cell);

/// Without blanks at both ends.
std::string_view trim_blanks(std::string_view text);

}  // namespace racesim::race
