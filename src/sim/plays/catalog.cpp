#include "sim/plays/catalog.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "base/random.h"
#include "model/master.h"

namespace racesim::plays {
namespace {

std::uint64_t fold(const Uuid& id) {
  std::uint64_t words[2];
  std::memcpy(words, id.bytes.data(), 16);
  return mix64(words[0]) ^ words[1];
}

/// Indices of the songs, the most popular first: an order of its own for each seed, by id and not by place in
/// the file.
std::vector<std::uint32_t> popularity_order(std::span<const SongRow> songs, std::uint64_t seed) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> keyed(songs.size());
  for (std::uint32_t i = 0; i < songs.size(); ++i)
    keyed[i] = {draw(stream_key(seed, "plays.popularity", fold(songs[i].song_id)), 0), i};
  std::sort(keyed.begin(), keyed.end());
  std::vector<std::uint32_t> order(songs.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = keyed[i].second;
  return order;
}

}  // namespace

Catalog::Catalog(const RowBatch& batch, const PopularityLaw& law, std::uint64_t seed) {
  const auto songs = batch.rows<SongRow>();
  const std::size_t count = songs.size();
  std::vector<double> weight(count);
  {
    const std::vector<double> by_rank = rank_weights(law, count);
    const std::vector<std::uint32_t> order = popularity_order(songs, seed);
    for (std::size_t rank = 0; rank < count; ++rank) weight[order[rank]] = by_rank[rank];
  }
  std::vector<std::uint32_t> by_release(count);
  std::iota(by_release.begin(), by_release.end(), 0U);
  std::stable_sort(by_release.begin(), by_release.end(), [&](std::uint32_t a, std::uint32_t b) {
    return songs[a].release_date < songs[b].release_date;
  });
  cumulative_.push_back(0);
  for (const std::uint32_t i : by_release) {
    const SongRow& song = songs[i];
    // Stable skip profile of a song (Donier 2020; Montecchio, Roy, Pachet 2020): ±25 % around the mean.
    const double taste = unit(draw(stream_key(seed, "plays.song", fold(song.song_id)), 0));
    ids_.push_back(song.song_id);
    traits_.push_back({song.duration_ms, static_cast<float>(1.0 / (0.75 + 0.5 * taste))});
    release_days_.push_back(song.release_date.days);
    cumulative_.push_back(cumulative_.back() + weight[i]);
    longest_ms_ = std::max(longest_ms_, song.duration_ms);
  }
  const std::size_t buckets = std::bit_ceil(count * 2);
  guide_scale_ = static_cast<double>(buckets) / cumulative_.back();
  // One bucket more than positions: a position at the very end may round up into it.
  guide_.resize(buckets + 1);
  std::uint32_t song = 0;
  for (std::size_t b = 0; b < guide_.size(); ++b) {
    const double position = static_cast<double>(b) / guide_scale_;
    while (song + 1 < count && cumulative_[song + 1] <= position) ++song;
    guide_[b] = song;
  }
}

std::uint32_t Catalog::released_by(std::int64_t day) const {
  const auto end = std::upper_bound(release_days_.begin(), release_days_.end(), day);
  return static_cast<std::uint32_t>(end - release_days_.begin());
}

}  // namespace racesim::plays
