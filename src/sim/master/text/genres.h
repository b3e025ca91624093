// Genres and the ways in which artists are named; together they shape the catalogue.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "sim/master/text/phrase.h"

namespace racesim {

struct Genre {
  std::string_view name;
  std::string_view flavour;   ///< which titles it uses: a name of title_flavours()
  int first_year;             ///< no release of this genre is older
  double length_bias;         ///< longer (+) or shorter (−) tracks than others, in standard deviations
  std::string_view siblings;  ///< genres of the same family that an album may be filed under, by '|'
};

/// All genres; see facts/plays.md for the lengths, the mix is our choice.
std::span<const Genre> genres();

/// Index of a genre that exists.
std::size_t genre_index(std::string_view name);

/// A way of naming artists, with the genres that such artists play.
struct ArtistStyle {
  std::uint32_t slots;       ///< of all artists, so many in artist_slot_count() are named this way
  Phrase short_form;         ///< used until its names are used up
  Phrase long_form;          ///< then this one; afterwards this one with a number
  std::string_view flavour;  ///< titles in the artist's language; empty: those of the genre
  std::vector<std::size_t> genre_of_100;  ///< a genre for each of a hundred artists
};

const std::vector<ArtistStyle>& artist_styles();
std::uint32_t artist_slot_count();

/// The artist's place in the catalogue, from its number alone.
struct ArtistName {
  std::size_t style = 0;
  std::string text;
};

/// The name of artist `number`. Two numbers give two names.
ArtistName artist_name(std::uint64_t seed, std::uint64_t number);

}  // namespace racesim
