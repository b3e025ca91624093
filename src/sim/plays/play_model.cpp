#include "sim/plays/play_model.h"

#include <algorithm>

#include "base/check.h"

namespace racesim::plays {
namespace {

// Share of plays that repeat a song of the listener's own list (Louail and Barthelemy 2017: most plays do;
// 0.65 and the 32 places, the first ones favoured, are our own figures).
constexpr std::uint64_t kFavouriteOf65536 = 42'598;
constexpr std::uint64_t kFavouritePlaces = 32;

// Share of plays left within the first 5, 10 and 30 seconds, and before the end (Lamere 2014).
constexpr float kLeftBy5s = 0.241F;
constexpr float kLeftBy10s = 0.290F;
constexpr float kLeftBy30s = 0.3505F;
constexpr float kLeftByEnd = 0.486F;
constexpr int kShareBits = 22;

/// 0 up to `from`, 1 from `to` on, linear between.
inline float ramp(float u, float from, float to) {
  const float x = (u - from) * (1.0F / (to - from));
  const float above_0 = x > 0.0F ? x : 0.0F;
  return above_0 < 1.0F ? above_0 : 1.0F;
}

/// Time listened by the share `u` of listeners who leave earlier. A sum of ramps, so that loops over it are
/// vectors. Whole milliseconds below 2^24 are exact in a float: who stays to the end listens to all of it.
inline float listened_ms(float u, float duration_ms) {
  const float rest_ms = duration_ms > 30'000.0F ? duration_ms - 30'000.0F : 0.0F;
  const float ms = 400.0F + 4'600.0F * ramp(u, 0.0F, kLeftBy5s) + 5'000.0F * ramp(u, kLeftBy5s, kLeftBy10s) +
                   20'000.0F * ramp(u, kLeftBy10s, kLeftBy30s) + rest_ms * ramp(u, kLeftBy30s, kLeftByEnd);
  return ms < duration_ms ? ms : duration_ms;
}

/// Pause before the next play: most follow at once, one in twelve after up to two minutes.
constexpr std::uint32_t kAtOnceOf65536 = 60'075;
std::uint32_t pause_of(std::uint32_t bits16) {
  const std::uint32_t at_once = bits16 >> 6;
  const std::uint32_t later = (bits16 - kAtOnceOf65536) * 21 + 1'000;
  return static_cast<std::uint32_t>(choose(bits16 < kAtOnceOf65536, at_once, later));
}
static_assert(1'000 + (65'535 - kAtOnceOf65536) * 21 <= kLongestPauseMs);

}  // namespace

PlayModel::PlayModel(const Catalog& catalog, std::uint64_t seed, std::int64_t first_day)
    : catalog_(&catalog),
      play_key_(stream_key(seed, "plays.play", 0)),
      favourites_(stream_key(seed, "plays.favourite", 0).a),
      first_day_(first_day) {
  const std::int64_t last = std::max(first_day, catalog.last_release_day());
  for (std::int64_t day = first_day; day <= last; ++day) released_by_day_.push_back(catalog.released_by(day));
}

void PlayModel::draw_plays(const PlayQuery* queries, Play* out, std::size_t count) const {
  std::uint64_t bits[kMostQueries];
  std::uint64_t choice[kMostQueries];
  RACESIM_CHECK(count <= kMostQueries);
  for (std::size_t i = 0; i < count; ++i) {
    const PlayQuery& q = queries[i];
    bits[i] = draw(play_key_, (static_cast<std::uint64_t>(q.cell) << 32) | q.seq);
    const std::uint64_t global = mix64(bits[i] + kGoldenGamma);
    // The lower of two places, so that the first ones of the list come back most.
    const std::uint64_t one = (bits[i] >> 16) % kFavouritePlaces;
    const std::uint64_t other = (bits[i] >> 21) % kFavouritePlaces;
    const std::uint64_t slot = q.listener * kFavouritePlaces + choose(one < other, one, other);
    const bool repeats = (bits[i] & 0xffff) < kFavouriteOf65536;
    choice[i] = choose(repeats, mix64(favourites_ + slot * kGoldenGamma), global);
    out[i].tie = static_cast<std::uint32_t>(global);
  }
  for (std::size_t i = 0; i < count; ++i) {
    out[i].song = catalog_->pick_any(choice[i]);
    // Not out yet: another one, of those that are.
    if (out[i].song >= queries[i].released) [[unlikely]]
      out[i].song = catalog_->pick(mix64(choice[i] ^ bits[i]), queries[i].released);
  }
  float u[kMostQueries];
  float duration_ms[kMostQueries];
  for (std::size_t i = 0; i < count; ++i) {
    const Catalog::Traits& song = catalog_->traits(out[i].song);
    const auto share = static_cast<std::int32_t>((bits[i] >> 26) & ((1 << kShareBits) - 1));
    u[i] = static_cast<float>(share) * (queries[i].patience * song.patience);
    duration_ms[i] = song.duration_ms;
    out[i].pause_ms = pause_of(static_cast<std::uint32_t>(bits[i] >> 48));
  }
  std::int32_t wanted_ms[kMostQueries];
  for (std::size_t i = 0; i < count; ++i)
    wanted_ms[i] = static_cast<std::int32_t>(listened_ms(u[i] * (1.0F / (1 << kShareBits)), duration_ms[i]));
  for (std::size_t i = 0; i < count; ++i) out[i].wanted_ms = static_cast<std::uint32_t>(wanted_ms[i]);
}

}  // namespace racesim::plays
