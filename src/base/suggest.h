// "did you mean": the closest of the known names.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace racesim {

/// Damerau–Levenshtein distance (optimal string alignment): insertions, deletions, replacements and swaps of
/// two neighbours, each counted 1.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate closest to `typed`; empty if none is close enough to be meant (at most a third of the
/// letters differ, and at most three). The first of equally close ones wins.
std::string closest(std::string_view typed, const std::vector<std::string>& candidates);

/// "'x' is not known", with all choices and the closest as the hint (usage).
Error unknown_choice(std::string_view typed, const std::vector<std::string>& choices);

}  // namespace racesim
