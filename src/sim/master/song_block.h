// A block of the catalogue: the artists of a thousand songs, their releases and tracks, made as a whole.
// Blocks do not know of each other, so any of them can be made alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace racesim {

inline constexpr std::uint64_t kSongsPerBlock = 1000;

struct BlockArtist {
  std::string name;
  std::size_t genre = 0;
  std::string_view flavour;
  std::uint32_t songs = 0;
};

struct BlockRelease {
  std::string title;
  std::uint32_t artist = 0;
  std::size_t genre = 0;
  std::uint32_t tracks = 0;
  std::int32_t day = 0;  ///< of release, days since 1970-01-01
};

struct BlockSong {
  std::string title;
  std::uint32_t release = 0;
  std::uint32_t duration_ms = 0;
  bool is_interlude = false;
};

struct SongBlock {
  std::vector<BlockArtist> artists;
  std::vector<BlockRelease> releases;  ///< an artist's stand together, oldest first
  std::vector<BlockSong> songs;        ///< in the order of the releases
};

/// Block `block` of the catalogue of `seed`, cut to `song_count` ≤ kSongsPerBlock songs.
SongBlock make_song_block(std::uint64_t seed, std::uint64_t block, std::size_t song_count);

}  // namespace racesim
