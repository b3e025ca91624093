// Where trips begin and end.
#pragma once

#include <cstdint>

#include "sim/fleet/roads/geo.h"

namespace racesim::fleet {

/// `far`: a town some 30 km off, for journeys.
enum class PlaceKind : std::uint8_t { home, work, shop, depot, far };

struct Place {
  GeoPoint point;
  PlaceKind kind = PlaceKind::home;
  double street_m = 0;  ///< of its own street, the dead end of which it is
};

}  // namespace racesim::fleet
