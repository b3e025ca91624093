// Keyed bijections: values that look random and never repeat, without remembering which were given out.
#pragma once

#include <bit>
#include <cstdint>

#include "base/random.h"
#include "model/types.h"

namespace racesim {

/// A permutation of [0, n): the image of `index` < n, n ≤ 2^62. A Feistel network of four rounds over the
/// next even power of two, walked until the value lies below n (fewer than four steps on average).
inline std::uint64_t permute(StreamKey key, std::uint64_t index, std::uint64_t n) noexcept {
  if (n < 2) return 0;
  const auto half_bits = static_cast<unsigned>((std::bit_width(n - 1) + 1) / 2);
  const std::uint64_t mask = (std::uint64_t{1} << half_bits) - 1;
  do {
    std::uint64_t left = index >> half_bits;
    std::uint64_t right = index & mask;
    for (std::uint64_t round = 0; round < 4; ++round) {
      const std::uint64_t mixed = left ^ (draw(key, (right << 2) | round) & mask);
      left = right;
      right = mixed;
    }
    index = (left << half_bits) | right;
  } while (index >= n);
  return index;
}

/// A UUID in version-4 form. Its last 62 bits are a bijection of `index` < 2^62, so no two indices share one.
inline Uuid unique_uuid(StreamKey key, std::uint64_t index) noexcept {
  constexpr std::uint64_t k62 = (std::uint64_t{1} << 62) - 1;
  std::uint64_t low = (index + key.b) & k62;
  // Each step can be undone modulo 2^62: odd factors and shifts to the right folded in.
  low = (low ^ (low >> 30)) * 0xbf58476d1ce4e5b9ULL & k62;
  low = (low ^ (low >> 27)) * (key.a | 1) & k62;
  low = (low ^ (low >> 31)) * 0x94d049bb133111ebULL & k62;
  low ^= low >> 29;
  const std::uint64_t high = (draw(key, index) & ~0xf000ULL) | 0x4000ULL;
  low |= std::uint64_t{2} << 62;
  Uuid id;
  for (int i = 0; i < 8; ++i) {
    id.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(high >> (56 - 8 * i));
    id.bytes[static_cast<std::size_t>(8 + i)] = static_cast<std::uint8_t>(low >> (56 - 8 * i));
  }
  return id;
}

/// Draws of one stream, one after the other.
class Dice {
 public:
  explicit Dice(StreamKey key) : key_(key) {}
  std::uint64_t bits() { return draw(key_, next_++); }
  double unit() { return racesim::unit(bits()); }
  /// Uniform in [0, n).
  std::uint64_t below(std::uint64_t n) { return racesim::below(bits(), n); }
  /// True `per_mille` times out of a thousand.
  bool chance(std::uint64_t per_mille) { return below(1000) < per_mille; }

 private:
  StreamKey key_;
  std::uint64_t next_ = 0;
};

}  // namespace racesim
