// Draws of the race's plan, each a pure function of (seed, topic, car, counter).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/detmath.h"
#include "base/random.h"

namespace racesim::race {

class Draws {
 public:
  Draws(std::uint64_t seed, std::string_view topic, std::uint64_t entity)
      : key_(stream_key(seed, topic, entity)) {}

  double uniform(std::uint64_t counter) const { return unit(draw(key_, counter)); }
  double between(std::uint64_t counter, double low, double high) const {
    return low + (high - low) * uniform(counter);
  }
  bool chance(std::uint64_t counter, double share) const { return uniform(counter) < share; }
  /// Standard normal (Box and Muller); uses a stream of its own, so a counter may serve uniform() too.
  double normal(std::uint64_t counter) const {
    const double u = 1.0 - unit(draw({key_.b, key_.a}, 2 * counter));
    const double v = unit(draw({key_.b, key_.a}, 2 * counter + 1));
    return __builtin_sqrt(-2.0 * detmath::log(u)) * detmath::cos(6.283185307179586 * v);
  }

 private:
  StreamKey key_;
};

}  // namespace racesim::race
