#include "sim/plays/render/play_model.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace racesim::plays {
namespace {

// Share of plays that repeat a song of the listener's own list (Louail and Barthelemy 2017: most plays do;
// 0.65 and the 32 places, the first ones favoured, are our own figures).
constexpr std::uint64_t kFavouriteOf65536 = 42'598;
constexpr std::uint64_t kFavouritePlaces = 32;

// Share of plays left within the first 5, 10 and 30 seconds, and before the end (Lamere 2014), of 2^22.
constexpr int kShareBits = 22;
constexpr std::int32_t of_all(double share) {
  return static_cast<std::int32_t>(share * (1 << kShareBits));
}
constexpr std::int32_t kLeftBy5s = of_all(0.241);
constexpr std::int32_t kLeftBy10s = of_all(0.290);
constexpr std::int32_t kLeftBy30s = of_all(0.3505);
constexpr std::int32_t kLeftByEnd = of_all(0.486);

/// 0 up to From, 1 from To on, linear between. Clamped as an integer: that is one vector instruction each
/// way, which the rules for NaN keep a float from being.
template <std::int32_t From, std::int32_t To>
inline float ramp(std::int32_t u) {
  constexpr std::int32_t kWidth = To - From;
  constexpr float kScale = 1.0F / static_cast<float>(kWidth);
  static_assert(static_cast<float>(kWidth) * kScale == 1.0F);
  const std::int32_t above = std::max(u - From, 0);
  return static_cast<float>(std::min(above, kWidth)) * kScale;
}

/// Time listened by the share `u` of listeners who leave earlier. A sum of ramps, so that loops over it are
/// vectors. Whole milliseconds below 2^24 are exact in a float: who stays to the end listens to all of it.
inline std::int32_t listened_ms(std::int32_t u, std::int32_t duration_ms) {
  const std::int32_t rest_ms = std::max(duration_ms - 30'000, 0);
  const float ms = 400.0F + 4'600.0F * ramp<0, kLeftBy5s>(u) + 5'000.0F * ramp<kLeftBy5s, kLeftBy10s>(u) +
                   20'000.0F * ramp<kLeftBy10s, kLeftBy30s>(u) +
                   static_cast<float>(rest_ms) * ramp<kLeftBy30s, kLeftByEnd>(u);
  return std::min(static_cast<std::int32_t>(ms), duration_ms);
}

/// The lower of two places drawn from ten bits, so that the first ones of the list come back most.
constexpr auto kFavouritePlace = [] {
  std::array<std::uint8_t, kFavouritePlaces * kFavouritePlaces> table{};
  for (std::size_t i = 0; i < table.size(); ++i)
    table[i] = static_cast<std::uint8_t>(std::min(i % kFavouritePlaces, i / kFavouritePlaces));
  return table;
}();

/// Of the query that asks for play `i`.
std::uint32_t released_of(std::span<const PlayQuery> queries, std::size_t i) {
  std::size_t q = 0;
  for (; i >= queries[q].count; ++q) i -= queries[q].count;
  return queries[q].released;
}

/// Pause before the next play: most follow at once, one in twelve after up to two minutes.
constexpr std::uint32_t kAtOnceOf65536 = 60'075;
inline std::uint32_t pause_of(std::uint32_t bits16) {
  const std::uint32_t at_once = bits16 >> 6;
  const std::uint32_t later = (bits16 - kAtOnceOf65536) * 21 + 1'000;
  return bits16 < kAtOnceOf65536 ? at_once : later;
}
static_assert(1'000 + (65'535 - kAtOnceOf65536) * 21 <= kLongestPauseMs);

}  // namespace

PlayModel::PlayModel(const Catalog& catalog, std::uint64_t seed, std::int64_t first_day)
    : catalog_(&catalog),
      plays_(stream_key(seed, "plays.play", 0).a),
      favourites_(stream_key(seed, "plays.favourite", 0).a),
      first_day_(first_day) {
  // Songs that are released behind the end of all runs (9999-12-31 stands for never) need no place.
  constexpr std::int64_t kLastDay = INT64_MAX / 1'000'000 / kDayMs;
  const std::int64_t last = std::max(first_day, std::min(catalog.last_release_day(), kLastDay));
  for (std::int64_t day = first_day; day <= last; ++day) released_by_day_.push_back(catalog.released_by(day));
}

void PlayModel::draw_plays(std::span<const PlayQuery> queries, PlayBlock& out) const {
  constexpr std::size_t kMost = PlayBlock::kMost;
  std::uint64_t choice[kMost];
  std::uint32_t pause_bits[kMost];
  float share[kMost];  // of 2^22: how many listeners leave earlier
  std::size_t count = 0;
  std::uint32_t released = UINT32_MAX;  // at the time of all
  for (const PlayQuery& q : queries) {
    RACESIM_CHECK(count + q.count <= kMost);
    released = std::min(released, q.released);
    // One stream each for plays and favourites, so one round of mixing does: the second one of draw() keeps
    // the streams of many keys apart.
    const std::uint64_t first = plays_ + ((static_cast<std::uint64_t>(q.cell) << 32) | q.seq) * kGoldenGamma;
    const std::uint64_t favourite = favourites_ + q.listener * (kFavouritePlaces * kGoldenGamma);
    for (std::uint64_t i = 0; i < q.count; ++i, ++count) {
      std::uint64_t bits = mix64(first + i * kGoldenGamma);
      // Compilers like to split this into a loop per column, each of which would draw the bits again.
      asm volatile("" : "+r"(bits));
      const std::uint64_t place = kFavouritePlace[(bits >> 16) % kFavouritePlace.size()];
      const bool repeats = (bits & 0xffff) < kFavouriteOf65536;
      choice[count] = mix64(choose(repeats, favourite + place * kGoldenGamma, bits + kGoldenGamma));
      share[count] =
          static_cast<float>(static_cast<std::int32_t>((bits >> 26) & ((1 << kShareBits) - 1))) * q.patience;
      pause_bits[count] = static_cast<std::uint32_t>(bits >> 48);
    }
  }
  std::int32_t u[kMost];
  std::int32_t duration_ms[kMost];
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t song = catalog_->pick_any(choice[i]);
    // Not out yet: another one, of those that are.
    if (song >= released) [[unlikely]] {
      const std::uint32_t out_by_then = released_of(queries, i);
      if (song >= out_by_then) song = catalog_->pick(mix64(choice[i] ^ pause_bits[i]), out_by_then);
    }
    const Catalog::Traits& traits = catalog_->traits(song);
    u[i] = static_cast<std::int32_t>(share[i] * traits.patience);
    duration_ms[i] = traits.duration_ms;
    out.song_[i] = song;
    out.tie_[i] = static_cast<std::uint32_t>(choice[i]);
  }
  for (std::size_t i = 0; i < count; ++i)
    out.wanted_ms_[i] = static_cast<std::uint32_t>(listened_ms(u[i], duration_ms[i]));
  for (std::size_t i = 0; i < count; ++i) out.pause_ms_[i] = pause_of(pause_bits[i]);
}

}  // namespace racesim::plays
