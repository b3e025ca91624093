// How many columns of a terminal a text takes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace racesim {

/// Of UTF-8 without control characters: letters of East Asia and pictures take two, marks that stand on the
/// letter before take none.
std::size_t text_columns(std::string_view text);

/// The text if it takes at most `most` columns (from 1); else its begin and "…".
std::string cut_to(std::string_view text, std::size_t most);

}  // namespace racesim
