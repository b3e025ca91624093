// How often the song of a rank is chosen, against the others.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace racesim::plays {

/// The text of --popularity, checked.
struct PopularityLaw {
  enum class Kind : std::uint8_t { zipf_mandelbrot, uniform, stretched };
  Kind kind = Kind::zipf_mandelbrot;
  double exponent = 1.0;  ///< s of (rank + q)^-s
  double offset = 10.0;   ///< q
};

/// "zipf", "zipf:s=1.0,q=10", "uniform" or "stretched".
Result<PopularityLaw> parse_popularity(std::string_view text);

/// Weight of each rank from 0; not normalised.
/// zipf_mandelbrot: (rank + 1 + q)^-s. stretched: Guo et al., PODC 2008: y^c = b - a ln(rank), c = 0.3, with
/// the last rank at 1 % of the first's y^c.
std::vector<double> rank_weights(const PopularityLaw& law, std::size_t count);

}  // namespace racesim::plays
