#include "sim/plays/plan/catalog.h"

#include <algorithm>
#include <numeric>

#include "base/random.h"
#include "model/master.h"
#include "sim/plays/draws.h"

namespace racesim::plays {
namespace {

constexpr std::uint32_t kLongestSongMs = 14'400'000;

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
    // Nobody listens to one song for longer than four hours.
    const std::uint32_t duration_ms = std::min(song.duration_ms, kLongestSongMs);
    // Stable skip profile of a song (Donier 2020; Montecchio, Roy, Pachet 2020): ±25 % around the mean.
    const double taste = unit(draw(stream_key(seed, "plays.song", fold(song.song_id)), 0));
    ids_.push_back(song.song_id);
    traits_.push_back(
        {static_cast<std::int32_t>(duration_ms), static_cast<float>(1.0 / (0.75 + 0.5 * taste))});
    release_days_.push_back(song.release_date.days);
    cumulative_.push_back(cumulative_.back() + weight[i]);
    longest_ms_ = std::max(longest_ms_, duration_ms);
    mean_ms_ += weight[i] * duration_ms;
  }
  mean_ms_ /= cumulative_.back();
  make_aliases();
}

/// Pairs each song that has less than an even share with one that has more.
void Catalog::make_aliases() {
  const std::size_t count = ids_.size();
  const double scale = static_cast<double>(count) / cumulative_.back();
  std::vector<double> share(count);
  std::vector<std::uint32_t> small, large;
  for (std::uint32_t i = 0; i < count; ++i) {
    share[i] = (cumulative_[i + 1] - cumulative_[i]) * scale;
    (share[i] < 1 ? small : large).push_back(i);
  }
  aliases_.resize(count);
  for (std::uint32_t i = 0; i < count; ++i) aliases_[i] = {UINT32_MAX, i};
  while (!small.empty() && !large.empty()) {
    const std::uint32_t poor = small.back();
    const std::uint32_t rich = large.back();
    small.pop_back();
    aliases_[poor] = {static_cast<std::uint32_t>(share[poor] * 4294967296.0), rich};
    share[rich] -= 1 - share[poor];
    if (share[rich] >= 1) continue;
    large.pop_back();
    small.push_back(rich);
  }
}

std::uint32_t Catalog::pick(std::uint64_t bits, std::uint32_t released) const {
  const double position = unit(bits) * cumulative_[released];
  const auto end = cumulative_.begin() + released;
  return static_cast<std::uint32_t>(std::upper_bound(cumulative_.begin() + 1, end, position) -
                                    cumulative_.begin() - 1);
}

std::uint32_t Catalog::released_by(std::int64_t day) const {
  const auto end = std::upper_bound(release_days_.begin(), release_days_.end(), day);
  return static_cast<std::uint32_t>(end - release_days_.begin());
}

}  // namespace racesim::plays
