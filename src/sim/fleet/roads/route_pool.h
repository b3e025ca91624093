// The routes of a fleet: between the places of the built-in network, or along those of a user's file.
// Vehicles share them; a route is made when it is first asked for and stays.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/error.h"
#include "sim/fleet/roads/place.h"
#include "sim/fleet/roads/route.h"
#include "sim/fleet/roads/signal.h"

namespace racesim::fleet {

/// Immutable to its users; all methods from any thread.
class RoutePool {
 public:
  /// The built-in network: one group of places. Place 0 is a home at 52.2304, 21.0122.
  static std::unique_ptr<const RoutePool> built_in();
  /// Routes of a GeoJSON file (route_file.h): one group for each line, with two places, there and back; a
  /// closed line has one place. Errors (usage) name `file_name`.
  static Result<std::unique_ptr<const RoutePool>> from_geojson(std::string_view text,
                                                               std::string_view file_name);

  virtual ~RoutePool() = default;
  virtual std::uint32_t groups() const = 0;
  /// Indices of a group's places, ascending.
  virtual std::span<const std::uint32_t> places(std::uint32_t group) const = 0;
  virtual const Place& place(std::uint32_t index) const = 0;
  /// The least-time route between two places of one group; from == to only where a group has one place. In
  /// O(1) but for the first call, which takes up to a millisecond. The reference lives as long as the pool.
  virtual const Route& between(std::uint32_t from, std::uint32_t to) const = 0;
  virtual const Signal& signal(std::uint32_t id) const = 0;
};

/// Error (usage): a place of a file's route would lie within 100 km of the built-in city if its longitude and
/// latitude were exchanged. As given it lies in a desert without roads, 3,500 km away.
Done check_not_swapped(const RoutePool& pool, std::string_view file_name);

/// Whether all places of the pool are within `most_km` of one of the homes, as those of the master data.
/// Error (usage): one is not; the text says how far it is, and whether it would be near with its coordinates
/// swapped.
Done check_near(const RoutePool& pool, std::span<const GeoPoint> homes, double most_km,
                std::string_view file_name);

}  // namespace racesim::fleet
