// Averages in whole numbers, so that every engine that adds exactly prints the same digits.
#pragma once

#include <cstdint>

namespace racesim {

/// sum × scale ÷ count, halves away from zero. `count` is above 0; the result fits.
constexpr std::int64_t rounded_mean(std::int64_t sum, std::uint64_t count, std::int64_t scale) {
  using Wide = __int128;
  const Wide numerator = static_cast<Wide>(sum) * scale;
  const Wide half = static_cast<Wide>(count) / 2;
  const Wide denominator = static_cast<Wide>(count);
  // Of an odd count no quotient is a half, so its half may be rounded down.
  return static_cast<std::int64_t>((numerator < 0 ? numerator - half : numerator + half) / denominator);
}

}  // namespace racesim
