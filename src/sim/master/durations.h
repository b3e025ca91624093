// Song lengths as they are in real catalogues.
#pragma once

#include <array>
#include <cstdint>

namespace racesim {

/// Share of songs that are at most so long. The inner points are those of 10,000 tracks of the Million Song
/// sample (facts/plays.md); the ends are the bounds that we set.
struct DurationQuantile {
  double share;
  double length_s;
};
inline constexpr std::array<DurationQuantile, 9> kDurationQuantiles{{{0.00, 30},
                                                                     {0.01, 40},
                                                                     {0.05, 105},
                                                                     {0.25, 176},
                                                                     {0.50, 223},
                                                                     {0.75, 276},
                                                                     {0.95, 421},
                                                                     {0.99, 610},
                                                                     {1.00, 1200}}};

/// Length of the song at `share` in [0, 1) of all songs. Between two points the reciprocal is linear: that
/// bends each piece towards the shorter lengths and brings the mean to the sample's 238 s.
constexpr std::uint32_t duration_ms_at(double share) noexcept {
  std::size_t i = 1;
  while (i + 1 < kDurationQuantiles.size() && share >= kDurationQuantiles[i].share) ++i;
  const DurationQuantile& low = kDurationQuantiles[i - 1];
  const DurationQuantile& high = kDurationQuantiles[i];
  const double part = (share - low.share) / (high.share - low.share);
  const double length_s = 1 / ((1 - part) / low.length_s + part / high.length_s);
  return static_cast<std::uint32_t>(length_s * 1000);
}

}  // namespace racesim
