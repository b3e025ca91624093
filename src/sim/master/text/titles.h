// Titles of songs and albums by flavour: a genre's manner or an artist's language.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/master/keyed.h"
#include "sim/master/text/phrase.h"

namespace racesim {

struct TitleFlavour {
  std::string_view name;
  std::vector<Phrase> songs;
  std::vector<Phrase> albums;
};

/// The flavour of that name; an unknown one is a programmer error.
const TitleFlavour& title_flavour(std::string_view name);

/// "Intro", "Interlude (Rain)": the short pieces of an album.
const std::vector<Phrase>& interlude_titles();

/// Appends a text of one of the phrases; those with few texts come up less often.
void append_random(const std::vector<Phrase>& phrases, Dice& dice, std::string& out);

}  // namespace racesim
