// Small draws that several parts of the plays share.
#pragma once

#include <cstdint>
#include <cstring>

#include "base/random.h"
#include "model/types.h"

namespace racesim::plays {

inline constexpr std::int64_t kDayMs = 86'400'000;

/// An id as the entity of a stream key.
inline std::uint64_t fold(const Uuid& id) {
  std::uint64_t words[2];
  std::memcpy(words, id.bytes.data(), 16);
  return mix64(words[0]) ^ words[1];
}

/// Roughly normal, mean 0, variance 1: the sum of four 16-bit uniforms.
inline double roughly_normal(std::uint64_t bits) {
  const double sum =
      static_cast<double>((bits & 0xffff) + ((bits >> 16) & 0xffff) + ((bits >> 32) & 0xffff) + (bits >> 48));
  return (sum * 0x1p-16 - 2.0) * 1.7320508075688772;
}

}  // namespace racesim::plays
