// What song plays are made of: the options, checked.
#pragma once

#include <cstdint>
#include <string>

#include "sim/entry.h"
#include "sim/plays/plan/popularity.h"

namespace racesim::plays {

struct PlaysContent final : ScenarioContent {
  std::uint64_t volume = 10'000;  ///< events in all, or per minute
  bool volume_per_minute = false;
  std::string popularity = "zipf:s=1.0,q=10";  ///< as it was given; the run's name depends on it
  PopularityLaw law;
};

}  // namespace racesim::plays
