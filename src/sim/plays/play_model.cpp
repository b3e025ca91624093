#include "sim/plays/play_model.h"

#include <algorithm>

namespace racesim::plays {
namespace {

// Share of plays that repeat a song of the listener's own list (Louail and Barthelemy 2017: most plays do; 0.65
// and the 32 places, the first ones favoured, are our own figures).
constexpr std::uint64_t kFavouriteOf65536 = 42'598;
constexpr std::uint64_t kFavouritePlaces = 32;

/// 52 bits, so that the product with a total never rounds up to it.
double unit52(std::uint64_t bits) { return static_cast<double>(bits >> 12) * 0x1.0p-52; }

// Share of plays left within the first 5, 10 and 30 seconds, and before the end (Lamere 2014).
constexpr float kLeftBy5s = 0.241F;
constexpr float kLeftBy10s = 0.290F;
constexpr float kLeftBy30s = 0.3505F;
constexpr float kLeftByEnd = 0.486F;

/// Time listened by the share `u` of listeners who leave earlier.
std::uint32_t listened_ms(float u, std::uint32_t duration_ms) {
  float ms = 0;
  if (u >= kLeftByEnd) return duration_ms;
  if (u >= kLeftBy30s)
    ms = 30'000 + (u - kLeftBy30s) * ((static_cast<float>(duration_ms) - 30'000) / (kLeftByEnd - kLeftBy30s));
  else if (u >= kLeftBy10s) ms = 10'000 + (u - kLeftBy10s) * (20'000 / (kLeftBy30s - kLeftBy10s));
  else if (u >= kLeftBy5s) ms = 5'000 + (u - kLeftBy5s) * (5'000 / (kLeftBy10s - kLeftBy5s));
  else ms = 400 + u * (4'600 / kLeftBy5s);
  return std::min(duration_ms, static_cast<std::uint32_t>(std::max(1.0F, ms)));
}

/// Pause before the next play: most follow at once, one in twelve after up to two minutes.
std::uint32_t pause_ms(std::uint32_t bits16) {
  if (bits16 < 60'075) return bits16 >> 6;
  return 1'000 + (bits16 - 60'075) * 21;
}
static_assert(1'000 + (65'535 - 60'075) * 21 <= kLongestPauseMs);

}  // namespace

PlayModel::PlayModel(const Catalog& catalog, std::uint64_t seed, std::int64_t first_day)
    : catalog_(&catalog),
      play_key_(stream_key(seed, "plays.play", 0)),
      favourite_key_(stream_key(seed, "plays.favourite", 0)),
      first_day_(first_day) {
  const std::int64_t last = std::max(first_day, catalog.last_release_day());
  for (std::int64_t day = first_day; day <= last; ++day)
    released_by_day_.push_back(catalog.released_by(day));
}

std::uint32_t PlayModel::choose_song(std::uint64_t bits, std::uint64_t more_bits, std::uint32_t listener,
                                     std::uint32_t released) const {
  if ((bits & 0xffff) < kFavouriteOf65536) {
    // The lower of two places, so that the first ones of the list come back most.
    const std::uint64_t one = (bits >> 16) % kFavouritePlaces;
    const std::uint64_t other = (bits >> 21) % kFavouritePlaces;
    const std::uint64_t slot = listener * kFavouritePlaces + std::min(one, other);
    const std::uint32_t song = catalog_->pick_any(unit52(draw(favourite_key_, slot)));
    if (song < released) return song;
  }
  return catalog_->pick(unit52(more_bits), released);
}

Play PlayModel::play(std::uint32_t cell, std::uint32_t seq, std::uint32_t listener, std::uint32_t released,
                     float patience, std::int64_t most_ms) const {
  const std::uint64_t bits = draw(play_key_, (static_cast<std::uint64_t>(cell) << 32) | seq);
  const std::uint64_t more_bits = mix64(bits + kGoldenGamma);
  Play play{};
  play.song = choose_song(bits, more_bits, listener, released);
  play.tie = static_cast<std::uint32_t>(more_bits);
  const float u = static_cast<float>((bits >> 26) & 0x3fffff) * 0x1.0p-22F;
  const std::uint32_t wanted =
      listened_ms(u * patience * catalog_->patience(play.song), catalog_->duration_ms(play.song));
  play.listened_ms = static_cast<std::uint32_t>(std::min<std::int64_t>(wanted, most_ms));
  const std::uint32_t pause = pause_ms(static_cast<std::uint32_t>(bits >> 48));
  play.step_ms = static_cast<std::uint32_t>(std::min<std::int64_t>(play.listened_ms + pause, most_ms));
  return play;
}

}  // namespace racesim::plays
