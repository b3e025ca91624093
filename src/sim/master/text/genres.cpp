#include "sim/master/text/genres.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/check.h"
#include "sim/master/keyed.h"
#include "sim/master/text/phrase.h"
#include "sim/master/text/word_list.h"

namespace racesim {
namespace {

constexpr std::array kGenres{
    Genre{"Pop", "pop", 1960, -0.2, "Synthpop|R&B|Dance"},
    Genre{"Synthpop", "pop", 1979, 0.0, "Pop|Dance"},
    Genre{"Dance", "dance", 1988, -0.1, "House|Pop"},
    Genre{"Rock", "rock", 1960, 0.1, "Alternative|Indie"},
    Genre{"Alternative", "rock", 1981, 0.1, "Rock|Indie"},
    Genre{"Indie", "indie", 1985, 0.0, "Alternative|Folk"},
    Genre{"Punk", "punk", 1976, -1.0, "Alternative|Rock"},
    Genre{"Metal", "metal", 1971, 0.6, "Rock|Alternative"},
    Genre{"Hip-Hop", "hiphop", 1983, -0.2, "R&B"},
    Genre{"R&B", "rnb", 1960, 0.0, "Soul|Pop"},
    Genre{"Soul", "rnb", 1960, -0.1, "R&B|Jazz"},
    Genre{"Electronic", "electronic", 1975, 0.4, "House|Ambient"},
    Genre{"House", "electronic", 1986, 0.9, "Electronic|Dance"},
    Genre{"Ambient", "ambient", 1978, 0.7, "Electronic"},
    Genre{"Country", "country", 1960, -0.3, "Folk"},
    Genre{"Folk", "folk", 1960, 0.0, "Singer-Songwriter|Country"},
    Genre{"Singer-Songwriter", "indie", 1967, 0.0, "Folk|Indie"},
    Genre{"Jazz", "jazz", 1960, 0.9, "Blues|Soul"},
    Genre{"Blues", "blues", 1960, 0.2, "Soul|Rock"},
    Genre{"Classical", "classical", 1960, 0.8, "Soundtrack"},
    Genre{"Soundtrack", "ambient", 1962, -0.4, "Classical|Ambient"},
    Genre{"Latin", "es", 1960, 0.0, ""},
    Genre{"Reggaeton", "perreo", 1999, -0.2, "Latin"},
    Genre{"Brazilian", "pt", 1960, 0.0, ""},
    Genre{"Chanson", "fr", 1960, -0.1, "Pop"},
    Genre{"Schlager", "de", 1960, -0.2, "Pop"},
    Genre{"J-Pop", "ja", 1988, 0.2, "Synthpop"},
    Genre{"Mandopop", "zh", 1980, 0.1, ""},
    Genre{"K-Pop", "kpop", 1997, -0.3, ""},
    Genre{"Afrobeats", "afro", 2004, -0.2, "R&B"},
    Genre{"Reggae", "reggae", 1968, 0.1, ""},
    Genre{"Bollywood", "hi", 1960, 0.5, ""},
};

struct StyleText {
  std::uint32_t slots;
  std::string_view short_form;
  std::string_view long_form;
  std::string_view flavour;
  std::string_view mix;  ///< genre:percent, by '|'; the percents sum to 100
};

constexpr std::array kStyles{
    StyleText{12, "{given:US} {family:US}", "{given:US} {initial} {given:US} {family:US}", "",
              "Pop:28|Country:22|Singer-Songwriter:18|R&B:10|Folk:9|Soul:7|Jazz:6"},
    StyleText{6, "The {band_adj} {band_plural}", "The {band_adj} {band_noun} {band_plural}", "",
              "Rock:40|Indie:27|Alternative:18|Punk:15"},
    StyleText{7, "{band_adj} {band_noun}", "{band_adj} {band_noun2} {band_noun}", "",
              "Indie:34|Alternative:26|Rock:24|Synthpop:10|Dance:6"},
    StyleText{3, "{band_noun} {band_plural}", "{band_noun} {band_noun2} {band_plural}", "",
              "Rock:40|Indie:30|Punk:30"},
    StyleText{2, "{band_noun2} & {band_noun}", "{band_adj} {band_noun2} & {band_noun}", "",
              "Folk:60|Indie:25|Country:15"},
    StyleText{7, "{syl1}{syl2}{syl3}", "{syl1}{syl2}{syl3} {family:GB}", "",
              "Pop:46|R&B:20|Dance:14|Synthpop:12|Electronic:8"},
    StyleText{8, "{rap_prefix} {rap_name}", "{rap_prefix} {rap_name} {rap_tail}", "", "Hip-Hop:94|R&B:6"},
    StyleText{2, "{syl1}{syl2} {rap_tail}", "{syl1}{syl2}{syl3} {rap_name} {rap_tail}", "",
              "Hip-Hop:80|R&B:20"},
    StyleText{5, "{el1}{el2}", "{el1}{el2} {el_tail}", "", "Electronic:40|House:28|Ambient:18|Dance:14"},
    StyleText{4, "{given:MX} {family:MX}", "{given:MX} {family:MX} {family:MX}", "", "Latin:64|Reggaeton:36"},
    StyleText{2, "{los} de {es_place}", "{los} {es_bare} de {es_place}", "", "Latin:100"},
    StyleText{2, "{kpop1}{kpop2}", "{kpop1}{kpop2} {kpop_tail}", "", "K-Pop:100"},
    StyleText{3, "{dark} {metal_noun}", "{dark} {doom} {metal_noun}", "", "Metal:100"},
    StyleText{2, "{given:US} {family:US} {combo}", "{given:US} {initial} {family:US} {combo}", "",
              "Jazz:100"},
    StyleText{2, "{family:GB} {ensemble}", "{band_adj} {family:GB} {ensemble}", "",
              "Classical:86|Soundtrack:14"},
    StyleText{2, "{given:NG} {family:NG}", "{given:NG} {initial} {family:NG}", "", "Afrobeats:88|Soul:12"},
    StyleText{3, "{given:IN} {family:IN}", "{given:IN} {initial} {family:IN}", "hi", "Bollywood:100"},
    StyleText{1, "{given:FR} {family:FR}", "{given:FR} {initial} {family:FR}", "fr", "Chanson:75|Pop:25"},
    StyleText{1, "{given:SE} {family:SE}", "{given:SE} {initial} {family:SE}", "",
              "Pop:40|Indie:30|Electronic:20|Classical:10"},
    StyleText{1, "{given:DE} {family:DE}", "{given:DE} {initial} {family:DE}", "de", "Schlager:80|Pop:20"},
    StyleText{2, "{given:BR} {family:BR}", "{given:BR} {family:BR} {family:BR}", "pt", "Brazilian:100"},
    StyleText{1, "{given:JP} {family:JP}", "{given:JP} {initial} {family:JP}", "ja", "J-Pop:100"},
    StyleText{2, "{family:CN} {given:CN}", "{family:CN} {given:CN} & {family:CN} {given:CN}", "zh",
              "Mandopop:100"},
    StyleText{1, "{rasta} {rasta_name}", "{rasta} {rasta_name} {family:JM}", "", "Reggae:100"},
    StyleText{2, "{given:US} & the {band_plural}", "{given:US} {family:US} & the {band_plural}", "",
              "Soul:40|Rock:30|Blues:30"},
    StyleText{1, "{bluesnick} {family:US}", "{bluesnick} {given:US} {family:US}", "", "Blues:85|Jazz:15"},
};

std::vector<std::size_t> expand_mix(std::string_view mix) {
  std::vector<std::size_t> genre_of_100;
  for (const std::string_view item : split_words(mix, '|')) {
    const std::size_t colon = item.rfind(':');
    std::size_t percent = 0;
    std::from_chars(item.data() + colon + 1, item.data() + item.size(), percent);
    genre_of_100.insert(genre_of_100.end(), percent, genre_index(item.substr(0, colon)));
  }
  RACESIM_CHECK(genre_of_100.size() == 100);
  return genre_of_100;
}

/// The style of each slot, and how many slots of the same style come before it.
struct Slot {
  std::size_t style;
  std::uint64_t rank;
};
const std::vector<Slot>& slots() {
  static const auto made = [] {
    std::vector<Slot> all;
    for (std::size_t s = 0; s < kStyles.size(); ++s)
      for (std::uint64_t rank = 0; rank < kStyles[s].slots; ++rank) all.push_back({s, rank});
    return all;
  }();
  return made;
}

}  // namespace

std::span<const Genre> genres() {
  return kGenres;
}

std::size_t genre_index(std::string_view name) {
  const auto found =
      std::find_if(kGenres.begin(), kGenres.end(), [&](const Genre& g) { return g.name == name; });
  RACESIM_CHECK(found != kGenres.end());
  return static_cast<std::size_t>(found - kGenres.begin());
}

const std::vector<ArtistStyle>& artist_styles() {
  static const auto styles = [] {
    std::vector<ArtistStyle> made;
    for (const StyleText& text : kStyles)
      made.push_back(
          {text.slots, Phrase(text.short_form), Phrase(text.long_form), text.flavour, expand_mix(text.mix)});
    return made;
  }();
  return styles;
}

std::uint32_t artist_slot_count() {
  return static_cast<std::uint32_t>(slots().size());
}

ArtistName artist_name(std::uint64_t seed, std::uint64_t number) {
  const std::uint64_t cycle = number / slots().size();
  const StreamKey slot_key = stream_key(seed, "master.artists.slot", cycle);
  const Slot& slot = slots()[permute(slot_key, number % slots().size(), slots().size())];
  const ArtistStyle& style = artist_styles()[slot.style];
  std::uint64_t index = cycle * style.slots + slot.rank;  // counts the artists of this style
  const StreamKey key = stream_key(seed, "master.artists.name", slot.style);
  ArtistName name{slot.style, {}};
  if (index < style.short_form.variants()) {
    style.short_form.append(permute(key, index, style.short_form.variants()), name.text);
  } else {
    index -= style.short_form.variants();
    const std::uint64_t round = index / style.long_form.variants();
    style.long_form.append(permute(key, index % style.long_form.variants(), style.long_form.variants()),
                           name.text);
    // When all are given out, the next generation goes by the same names with a number.
    if (round > 0) append_numeral(round + 1, name.text);
  }
  return name;
}

}  // namespace racesim
