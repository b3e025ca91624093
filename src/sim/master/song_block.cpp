#include "sim/master/song_block.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "base/time_text.h"
#include "sim/master/durations.h"
#include "sim/master/text/genres.h"
#include "sim/master/text/phrase.h"
#include "sim/master/text/titles.h"
#include "sim/master/text/word_list.h"

namespace racesim {
namespace {

constexpr std::uint64_t kArtistsPerBlock = 128;
constexpr std::int32_t kReleaseEndDay = static_cast<std::int32_t>(days_from_civil({2024, 1, 1}));
constexpr int kDaysPerYear = 365;

struct BlockKeys {
  std::uint64_t seed;
  std::uint64_t block;
  Dice dice(std::string_view topic, std::uint64_t item) const {
    return Dice(stream_key(seed, topic, block * kSongsPerBlock + item));
  }
};

/// Songs per artist: falling with the artist's rank in the block as (rank + 20)^-1.5, which gives the first
/// artists some forty songs, the middle ones four and the last ones one or two; every fourth has one hit
/// only.
std::vector<std::uint32_t> share_out_songs(const BlockKeys& keys, std::size_t artists, std::size_t songs) {
  std::vector<double> weight_up_to;
  double sum = 0;
  for (std::size_t r = 0; r < artists; ++r) {
    Dice dice = keys.dice("master.songs.share", r);
    const double rank = static_cast<double>(r) + 20;
    if (r < 2 || !dice.chance(250)) sum += (0.6 + 0.8 * dice.unit()) / (rank * std::sqrt(rank));
    weight_up_to.push_back(sum);
  }
  const auto extra = static_cast<double>(songs - artists);
  std::vector<std::uint32_t> counts;
  std::uint32_t given = 0;
  for (const double weight : weight_up_to) {
    const auto up_to = static_cast<std::uint32_t>(extra * (weight / sum));
    counts.push_back(1 + up_to - given);
    given = up_to;
  }
  return counts;
}

BlockArtist make_artist(const BlockKeys& keys, std::uint64_t rank) {
  const std::uint64_t number = keys.block * kArtistsPerBlock + rank;
  Dice dice = keys.dice("master.songs.artist", rank);
  ArtistName name = artist_name(keys.seed, number);
  const ArtistStyle& style = artist_styles()[name.style];
  BlockArtist artist;
  artist.name = std::move(name.text);
  artist.genre = style.genre_of_100[dice.below(100)];
  artist.flavour = style.flavour.empty() ? genres()[artist.genre].flavour : style.flavour;
  return artist;
}

/// Splits an artist's songs into albums (8 to 14 tracks), EPs (3 to 6) and singles, in no special order.
std::vector<std::uint32_t> split_releases(std::uint32_t songs, Dice& dice) {
  std::vector<std::uint32_t> sizes;
  while (songs > 0) {
    std::uint64_t size = 1;
    if (songs >= 8 && dice.chance(800))
      size = 8 + dice.below(7);
    else if (songs >= 3 && dice.chance(550))
      size = 3 + dice.below(4);
    const auto tracks = static_cast<std::uint32_t>(std::min<std::uint64_t>(size, songs));
    sizes.push_back(tracks);
    songs -= tracks;
  }
  for (std::size_t i = sizes.size(); i > 1; --i) std::swap(sizes[i - 1], sizes[dice.below(i)]);
  return sizes;
}

/// The nearest earlier day on which records came out: Fridays since the worldwide rule of July 2015, before
/// that Tuesdays from 1989 on, Mondays in older times.
std::int32_t release_weekday(std::int32_t day) {
  const bool friday = day >= static_cast<std::int32_t>(days_from_civil({2015, 7, 10}));
  const bool tuesday = day >= static_cast<std::int32_t>(days_from_civil({1989, 4, 4}));
  const std::int32_t wanted = friday ? 5 : tuesday ? 2 : 1;  // 0 = Sunday; 1970-01-01 was a Thursday
  return day - ((day + 4 - wanted) % 7 + 7) % 7;
}

/// Release days, rising, within the genre's time; careers lie mostly in recent years.
std::vector<std::int32_t> release_days(const std::vector<std::uint32_t>& sizes, int first_year, Dice& dice) {
  const auto first_day = static_cast<std::int32_t>(days_from_civil({first_year, 1, 8}));
  const std::int32_t window = kReleaseEndDay - 1 - first_day;
  std::vector<double> days_since_debut;
  double span = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const bool is_album = sizes[i] >= 8;
    if (i > 0) span += kDaysPerYear * (is_album ? 0.9 + 2.2 * dice.unit() : 0.15 + 0.9 * dice.unit());
    days_since_debut.push_back(span);
  }
  const double fit = std::min(1.0, 0.9 * window / std::max(span, 1.0));
  const double u = dice.unit();
  const double debut = (window - span * fit) * (1 - 0.2 * u - 0.8 * u * u * u);
  std::vector<std::int32_t> days;
  for (const double since : days_since_debut) {
    std::int32_t day = release_weekday(first_day + static_cast<std::int32_t>(debut + since * fit));
    if (!days.empty() && day <= days.back()) day = days.back() + 7;
    days.push_back(std::min(day, kReleaseEndDay - 1));
  }
  return days;
}

std::size_t release_genre(const BlockArtist& artist, std::int32_t day, Dice& dice) {
  const auto siblings = split_words(genres()[artist.genre].siblings, '|');
  if (siblings.empty() || !dice.chance(150)) return artist.genre;
  const std::size_t sibling = genre_index(siblings[dice.below(siblings.size())]);
  return civil_from_days(day).year < genres()[sibling].first_year ? artist.genre : sibling;
}

/// What a title carries behind it, and how much longer it makes the track (in standard deviations).
double add_suffix(const SongBlock& block, const BlockRelease& release, Dice& dice, std::string& title) {
  const std::string_view genre = genres()[release.genre].name;
  const bool features = genre == "Hip-Hop" || genre == "R&B" || genre == "Reggaeton" ||
                        genre == "Afrobeats" || genre == "Dance" || genre == "House" || genre == "Pop" ||
                        genre == "Latin";
  const std::uint64_t lot = dice.below(1000);
  if (features && lot < 90) {
    const BlockArtist& guest = block.artists[dice.below(block.artists.size())];
    const bool fits = guest.flavour == block.artists[release.artist].flavour;
    if (fits && &guest != &block.artists[release.artist]) title += " (feat. " + guest.name + ")";
    return 0;
  }
  if (genre == "Classical" || title.find('(') != std::string::npos) return 0;
  if (lot >= 980) return title += " (Live)", 0.6;
  if (lot >= 962) return title += " (Acoustic)", -0.1;
  if (lot >= 945 && (genre == "House" || genre == "Dance" || genre == "Electronic"))
    return title += " (Extended Mix)", 1.6;
  if (lot >= 925 && release.day < static_cast<std::int32_t>(days_from_civil({1990, 1, 1})))
    return title += " - Remastered", 0;
  return 0;
}

/// Appends the tracks of one release; `scores` gets their place in the order of lengths.
class TrackMaker {
 public:
  TrackMaker(const BlockKeys& keys, SongBlock& block, std::vector<double>& scores)
      : keys_(keys), block_(block), scores_(scores) {}

  void add(std::uint32_t release_index, std::size_t artist_begin) {
    BlockRelease& release = block_.releases[release_index];
    const TitleFlavour& flavour = title_flavour(block_.artists[release.artist].flavour);
    const std::size_t begin = block_.songs.size();
    for (std::uint32_t track = 0; track < release.tracks; ++track) {
      Dice dice = keys_.dice("master.songs.track", block_.songs.size());
      BlockSong song;
      song.release = release_index;
      double score =
          genres()[release.genre].length_bias + 2 * (dice.unit() + dice.unit() + dice.unit() - 1.5);
      song.is_interlude = release.tracks >= 8 && dice.chance(45);
      const auto& phrases = song.is_interlude ? interlude_titles() : flavour.songs;
      for (int attempt = 0; attempt < 8; ++attempt) {
        song.title.clear();
        append_random(phrases, dice, song.title);
        if (is_new_title(song.title, artist_begin)) break;
      }
      if (song.is_interlude)
        score -= 6;
      else
        score += add_suffix(block_, release, dice, song.title);
      number_until(song.title, [&](const std::string& title) { return is_new_title(title, artist_begin); });
      block_.songs.push_back(std::move(song));
      scores_.push_back(score);
    }
    name_release(release, begin, flavour);
  }

 private:
  /// Gives a text that is taken the next number that is not.
  template <class IsNew>
  static void number_until(std::string& text, IsNew&& is_new) {
    const std::string first = text;
    for (std::uint64_t number = 2; !is_new(text); ++number) append_numeral(number, text = first);
  }

  bool is_new_title(const std::string& title, std::size_t begin) const {
    return std::none_of(block_.songs.begin() + static_cast<std::ptrdiff_t>(begin), block_.songs.end(),
                        [&](const BlockSong& song) { return song.title == title; });
  }

  /// Singles are named after their song, some albums after their artist or one of their songs. The
  /// releases of an artist differ in name.
  void name_release(BlockRelease& release, std::size_t begin, const TitleFlavour& flavour) {
    Dice dice = keys_.dice("master.songs.release", begin);
    const std::uint64_t lot = dice.below(100);
    const BlockArtist& artist = block_.artists[release.artist];
    const BlockSong& lead_song = block_.songs[begin + dice.below(release.tracks)];
    const std::string& lead = lead_song.title;
    const bool is_plain = !lead_song.is_interlude && lead.find('(') == std::string::npos &&
                          lead.find(" - ") == std::string::npos;
    if (release.tracks == 1)
      release.title = block_.songs[begin].title;
    else if (lot < 20 && is_new_release(artist.name, release))
      release.title = artist.name;
    else if (lot < 50 && is_plain && artist.flavour != "classical" && is_new_release(lead, release))
      release.title = lead;
    for (int attempt = 0; release.title.empty() && attempt < 8; ++attempt) {
      append_random(flavour.albums, dice, release.title);
      if (!is_new_release(release.title, release) && attempt < 7) release.title.clear();
    }
    const bool is_numbered = release.title.find_first_of("0123456789.") != std::string::npos;
    if (release.tracks > 1 && release.tracks < 7 && lot % 2 == 0 && !is_numbered &&
        artist.flavour != "classical" && !release.title.ends_with("EP"))
      release.title += " EP";
    number_until(release.title, [&](const std::string& title) { return is_new_release(title, release); });
  }

  bool is_new_release(const std::string& title, const BlockRelease& release) const {
    return std::none_of(block_.releases.begin(), block_.releases.end(), [&](const BlockRelease& other) {
      return &other != &release && other.artist == release.artist && other.title == title;
    });
  }

  const BlockKeys& keys_;
  SongBlock& block_;
  std::vector<double>& scores_;
};

/// Hands out lengths: the song with the k-th score gets the k-th of as many strata of the quantile function,
/// so the lengths keep to the quantiles in every block while genres differ.
void set_durations(const BlockKeys& keys, const std::vector<double>& scores, SongBlock& block) {
  std::vector<std::uint32_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return scores[a] != scores[b] ? scores[a] < scores[b] : a < b;
  });
  const StreamKey key = stream_key(keys.seed, "master.songs.length", keys.block);
  for (std::size_t k = 0; k < order.size(); ++k) {
    const double share = (static_cast<double>(k) + unit(draw(key, k))) / static_cast<double>(order.size());
    block.songs[order[k]].duration_ms = duration_ms_at(share);
  }
}

}  // namespace

SongBlock make_song_block(std::uint64_t seed, std::uint64_t block_index, std::size_t song_count) {
  RACESIM_CHECK(song_count >= 1 && song_count <= kSongsPerBlock);
  const BlockKeys keys{seed, block_index};
  SongBlock block;
  const std::size_t artists = std::min<std::size_t>(song_count, song_count / 8 + 3);
  const auto counts = share_out_songs(keys, artists, song_count);
  for (std::size_t r = 0; r < artists; ++r) {
    block.artists.push_back(make_artist(keys, r));
    block.artists.back().songs = counts[r];
  }
  std::vector<double> scores;
  scores.reserve(song_count);
  block.songs.reserve(song_count);
  TrackMaker tracks(keys, block, scores);
  for (std::uint32_t r = 0; r < artists; ++r) {
    Dice dice = keys.dice("master.songs.career", r);
    const std::size_t artist_begin = block.songs.size();
    const auto sizes = split_releases(counts[r], dice);
    const auto days = release_days(sizes, genres()[block.artists[r].genre].first_year, dice);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      block.releases.push_back({{}, r, release_genre(block.artists[r], days[i], dice), sizes[i], days[i]});
      tracks.add(static_cast<std::uint32_t>(block.releases.size() - 1), artist_begin);
    }
  }
  set_durations(keys, scores, block);
  return block;
}

}  // namespace racesim
