// Goal: titles that could stand on a record: no times that no clock shows, articles, numbers and genders that
// agree, an outro that is short; a record is told by its artist and name. Method: patterns of what once was
// wrong, sought in the titles of 100,000 songs; names counted over several hundred thousand artists.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "model/master.h"
#include "sim/master/generator.h"
#include "sim/master/song_block.h"
#include "sim/master/text/genres.h"
#include "sim/master/text/titles.h"

namespace racesim {
namespace {

/// Titles as texts of songs and albums, with what they are of.
struct Title {
  std::string text;
  std::string flavour;
};
const std::vector<Title>& titles() {
  static const auto made = [] {
    std::vector<Title> all;
    for (std::uint64_t block = 0; block < 100; ++block) {
      const SongBlock songs = make_song_block(20'263, block, kSongsPerBlock);
      for (const BlockSong& song : songs.songs)
        all.push_back({song.title, std::string(songs.artists[songs.releases[song.release].artist].flavour)});
      for (const BlockRelease& release : songs.releases)
        all.push_back({release.title, std::string(songs.artists[release.artist].flavour)});
    }
    return all;
  }();
  return made;
}

TEST(MasterTitles, NoneHasAFaultOfGrammarOrSense) {
  const std::vector<std::string> faults{
      R"(:[6-9][0-9])",       // no such minute
      R"((tz|dy|ny|ss)s\b)",  // plurals: Waltzs, Symphonys
      R"(\b[Aa] [AEIOU])",
      R"(\b[Aa]n [BCDFGHJKLMNPQRSTVWXYZ])",
      R"(Nos\. \d+ & (1[0-9]|[2-9][0-9]))",  // an opus for a number
      R"(\bUn (Luna|Soledad|Sombra|Tormenta|Promesa|Mentira|Herida|Lágrima|Locura)\b)",
      R"(\bEl (Luna|Soledad|Sombra|Tormenta|Promesa|Mentira|Herida|Lágrima|Locura)\b)",
      R"(\b(Luna|Soledad|Sombra|Tormenta|Promesa|Mentira|Herida|Locura) (Roto|Perdido|Ajeno|Prohibido|Eterno)\b)",
      R"(\bUn (Rivages|Souvenirs|Cendres|Brume|Étincelle|Poussière|Lisière|Ivresse)\b)",
      R"((Souvenirs|Cendres|Rivages)s)",
      R"(\bà l(e|es) )",
      R"(\bTanta (Coração|Luar|Batuque|Caminho)\b)",
      R"(\bMeu (Saudade|Alegria|Flor)\b)",
      R"(\bKa (Yaadein|Raat|Zindagi|Aankhen|Duniya|Manzil)\b)",
      R"(\b(Yaadein|Raat|Zindagi|Duniya|Manzil) (Mera|Tera|Hamara)\b)",
      R"(Perreo en el Perreo)",
      R"(vom (Sehnsucht|Wellen|Lichter))",
      R"((Unser|Dein|Mein|Kein) (Sehnsucht|Wellen|Sommernacht)\b)"};
  const std::set<std::string> foreign{"es", "perreo", "pt"};  // where "a" is another word
  for (const std::string& fault : faults) {
    const std::regex pattern(fault);
    const bool english = fault.find("[Aa]") != std::string::npos;
    for (const Title& title : titles())
      if (!(english && foreign.contains(title.flavour)) && std::regex_search(title.text, pattern)) {
        ADD_FAILURE() << title.text << " (" << fault << ')';
        break;
      }
  }
}

TEST(MasterTitles, InterludesAreShort) {
  for (std::uint64_t block = 0; block < 20; ++block)
    for (const BlockSong& song : make_song_block(20'264, block, kSongsPerBlock).songs)
      if (song.title.find("(Outro)") != std::string::npos ||
          song.title.find("Interlude") != std::string::npos) {
        EXPECT_LT(song.duration_ms, 150'000U) << song.title;
      }
}

TEST(MasterTitles, BandsPlayWhatTheirNamesSay) {
  for (std::uint64_t block = 0; block < 60; ++block) {
    const SongBlock songs = make_song_block(20'265, block, kSongsPerBlock);
    for (const BlockRelease& release : songs.releases) {
      const std::string& artist = songs.artists[release.artist].name;
      if (artist.starts_with("Mariachi") || artist.starts_with("Los ") || artist.starts_with("Banda Luna")) {
        EXPECT_EQ(genres()[release.genre].name, "Latin") << artist;
      }
    }
  }
}

// Of a large catalogue: no artist's name twice, so no record is two.
TEST(MasterTitles, ArtistsOfALargeCatalogueAreDistinct) {
  constexpr std::uint64_t kArtists = 600'000;
  std::vector<std::string> names;
  for (std::uint64_t number = 0; number < kArtists; ++number)
    names.push_back(artist_name(20'266, number).text);
  std::sort(names.begin(), names.end());
  std::size_t twins = 0;
  for (std::size_t i = 1; i < names.size(); ++i)
    if (names[i] == names[i - 1] && ++twins <= 5) ADD_FAILURE() << names[i];
  EXPECT_EQ(twins, 0U);
}

TEST(MasterTitles, NoRecordOrSongOfAnArtistComesTwice) {
  for (std::uint64_t block = 0; block < 100; ++block) {
    const SongBlock songs = make_song_block(20'267, block, kSongsPerBlock);
    std::set<std::pair<std::uint32_t, std::string>> records, tracks;
    for (const BlockRelease& release : songs.releases)
      EXPECT_TRUE(records.emplace(release.artist, release.title).second) << release.title;
    for (const BlockSong& song : songs.songs)
      EXPECT_TRUE(tracks.emplace(songs.releases[song.release].artist, song.title).second) << song.title;
  }
}

}  // namespace
}  // namespace racesim
