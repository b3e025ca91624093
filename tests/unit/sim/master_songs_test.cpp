// Goal: the catalogue looks like a real one: lengths by the quantiles of facts/plays.md, artists with several
// albums that follow each other in time, dates within bounds, a wide genre mix. Method: statistics over
// 100,000 songs of seeds that were not looked at while the numbers were chosen.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/time_text.h"
#include "model/master.h"
#include "sim/master/durations.h"
#include "sim/master/generator.h"
#include "sim/master/song_block.h"
#include "sim/master/text/genres.h"

namespace racesim {
namespace {

constexpr std::size_t kSongs = 100'000;

struct Song {
  std::string title, artist, album, genre;
  std::uint32_t duration_ms;
  std::int32_t day;
};

std::vector<Song> make_songs(std::uint64_t seed, std::size_t count) {
  MasterPlan plan;
  plan.seed = seed;
  plan.songs = count;
  const auto generator = find_master_entity("songs")->make(plan);
  RowBatch batch(generator->schema());
  generator->fill(0, count, batch);
  std::vector<Song> songs;
  for (const SongRow& row : batch.rows<SongRow>())
    songs.push_back({std::string(batch.text(row.title)), std::string(batch.text(row.artist_name)),
                     std::string(batch.text(row.album_name)), std::string(batch.text(row.genre)),
                     row.duration_ms, row.release_date.days});
  return songs;
}

const std::vector<Song>& songs() {
  static const auto made = make_songs(20'261, kSongs);
  return made;
}

double quantile_s(std::vector<std::uint32_t> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size()))] / 1000.0;
}

TEST(MasterSongs, LengthsFollowTheQuantiles) {
  for (const std::size_t count : {std::size_t{1000}, kSongs}) {
    std::vector<std::uint32_t> lengths;
    double sum_s = 0;
    for (const Song& song : make_songs(611, count)) {
      lengths.push_back(song.duration_ms);
      sum_s += song.duration_ms / 1000.0;
    }
    // 1,000 songs leave ten above the 99 % point: allow it more.
    for (const DurationQuantile& q : kDurationQuantiles)
      if (q.share > 0 && q.share < 1) {
        EXPECT_NEAR(quantile_s(lengths, q.share), q.length_s, q.length_s * (q.share > 0.98 ? 0.10 : 0.03))
            << q.share;
      }
    EXPECT_NEAR(sum_s / static_cast<double>(count), 238, 3);
    EXPECT_GE(*std::min_element(lengths.begin(), lengths.end()), 30'000U);
    EXPECT_LE(*std::max_element(lengths.begin(), lengths.end()), 1'200'000U);
  }
}

TEST(MasterSongs, LengthsDifferByGenre) {
  std::map<std::string, std::pair<double, int>> sums;
  for (const Song& song : songs()) {
    sums[song.genre].first += song.duration_ms / 1000.0;
    ++sums[song.genre].second;
  }
  const auto mean_s = [&](const char* genre) { return sums[genre].first / sums[genre].second; };
  EXPECT_LT(mean_s("Punk"), 180);
  EXPECT_GT(mean_s("Jazz"), 290);
  EXPECT_GT(mean_s("House"), 290);
}

TEST(MasterSongs, EveryGenreOccursAndNoneDominates) {
  std::map<std::string, std::size_t> counts;
  for (const Song& song : songs()) ++counts[song.genre];
  EXPECT_EQ(counts.size(), genres().size());
  for (const auto& [genre, count] : counts) {
    EXPECT_GT(count, kSongs / 1000) << genre;
    EXPECT_LT(count, kSongs / 7) << genre;
  }
}

TEST(MasterSongs, DatesAreBoundedAndMostlyRecent) {
  const std::int64_t first = parse_date(kMasterFirstDate).value();
  const std::int64_t last = parse_date(kMasterLastDate).value();
  std::vector<std::int32_t> days;
  for (const Song& song : songs()) {
    ASSERT_GE(song.day, first);
    ASSERT_LE(song.day, last);
    days.push_back(song.day);
    for (const Genre& genre : genres())
      if (genre.name == song.genre) {
        ASSERT_GE(civil_from_days(song.day).year, genre.first_year) << song.genre << ' ' << song.title;
      }
  }
  std::sort(days.begin(), days.end());
  const int median_year = civil_from_days(days[kSongs / 2]).year;
  EXPECT_GE(median_year, 2008);
  EXPECT_LE(median_year, 2016);
  EXPECT_LT(civil_from_days(days[kSongs / 50]).year, 1975);
}

TEST(MasterSongs, ArtistsHaveSeveralAlbumsInOrderOfTime) {
  const SongBlock block = make_song_block(977, 3, kSongsPerBlock);
  EXPECT_EQ(block.songs.size(), kSongsPerBlock);
  EXPECT_EQ(block.artists.size(), 128U);
  std::size_t with_several_albums = 0;
  std::map<std::uint32_t, std::size_t> releases_of;
  for (std::size_t r = 0; r < block.releases.size(); ++r) {
    const BlockRelease& release = block.releases[r];
    ++releases_of[release.artist];
    if (r > 0 && block.releases[r - 1].artist == release.artist) {
      EXPECT_LE(block.releases[r - 1].day, release.day) << release.title;
    }
  }
  for (const auto& [artist, count] : releases_of) with_several_albums += count > 1;
  EXPECT_GT(with_several_albums, 40U);
}

TEST(MasterSongs, AlbumsShareDateGenreAndTitlesDifferWithinAnArtist) {
  std::map<std::pair<std::string, std::string>, std::set<std::int32_t>> album_days;
  std::set<std::pair<std::string, std::string>> titles;
  std::map<std::string, std::size_t> per_artist;
  for (const Song& song : songs()) {
    album_days[{song.artist, song.album}].insert(song.day);
    titles.insert({song.artist, song.title});
    ++per_artist[song.artist];
    EXPECT_FALSE(song.title.empty() || song.album.empty() || song.artist.empty());
  }
  for (const auto& [album, days] : album_days)
    EXPECT_EQ(days.size(), 1U) << album.first << ": " << album.second;
  EXPECT_EQ(titles.size(), kSongs);
  EXPECT_EQ(per_artist.size(), 12'800U);

  std::vector<std::size_t> sizes;
  for (const auto& [artist, count] : per_artist) sizes.push_back(count);
  std::sort(sizes.rbegin(), sizes.rend());
  std::size_t top_tenth = 0;
  for (std::size_t i = 0; i < sizes.size() / 10; ++i) top_tenth += sizes[i];
  EXPECT_GT(top_tenth, kSongs / 4);  // a few artists make much of the catalogue
  EXPECT_LT(top_tenth, kSongs / 2);
}

TEST(MasterSongs, TitlesAreVaried) {
  std::map<std::string, std::size_t> counts;
  for (const Song& song : songs()) ++counts[song.title];
  EXPECT_GT(counts.size(), kSongs * 2 / 5);
  for (const auto& [title, count] : counts) EXPECT_LT(count, kSongs / 500) << title;
}

TEST(MasterSongs, SmallCataloguesAreVariedToo) {
  std::set<std::string> artists;
  for (const Song& song : make_songs(5, 12)) artists.insert(song.artist);
  EXPECT_EQ(artists.size(), 4U);
  EXPECT_EQ(make_songs(5, 1).size(), 1U);
}

}  // namespace
}  // namespace racesim
