// Small draws that the parts of the fleet share.
#pragma once

#include <cstdint>

#include "base/random.h"

namespace racesim::fleet {

inline constexpr std::int64_t kSecond_us = 1'000'000;
inline constexpr std::int64_t kDay_us = 86'400 * kSecond_us;

/// Roughly normal, mean 0, variance 1, within ±3.46: the sum of four 16-bit uniforms.
inline double roughly_normal(std::uint64_t bits) {
  const double sum =
      static_cast<double>((bits & 0xffff) + ((bits >> 16) & 0xffff) + ((bits >> 32) & 0xffff) + (bits >> 48));
  return (sum * 0x1p-16 - 2.0) * 1.7320508075688772;
}

/// Uniform in [low, high).
inline double between(std::uint64_t bits, double low, double high) {
  return low + (high - low) * unit(bits);
}

}  // namespace racesim::fleet
