// The days of vehicles: when they drive where, in closed form. Trips of a day keep so far apart that each is
// over when the next one begins, whatever the lights show; so any moment's trip is known without driving
// those before it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/fleet/drive/course.h"
#include "sim/fleet/plan/local_time.h"
#include "sim/fleet/plan/vehicle.h"

namespace racesim::fleet {

struct PlannedTrip {
  std::int64_t depart_us = 0;
  std::uint32_t from = 0;
  std::uint32_t to = 0;
};

inline constexpr std::size_t kMostTrips = 24;

/// What a vehicle does on a day: it begins and ends at home.
struct Day {
  std::array<PlannedTrip, kMostTrips> trips{};
  std::size_t count = 0;
  std::span<const PlannedTrip> all() const { return {trips.data(), count}; }
};

/// The places of one group by what they are for; never empty where the pool has none of a kind: then all.
struct PlaceLists {
  std::vector<std::uint32_t> all, homes, works, shops, depots, far;
  std::vector<std::uint32_t> near;  ///< all that are not far
};

/// Immutable; all methods pure, any thread.
class Diary {
 public:
  /// `courses` outlives this.
  Diary(const Courses& courses, LocalTime time);

  const Courses& courses() const { return courses_; }
  const LocalTime& time() const { return time_; }
  const PlaceLists& places(std::uint32_t group) const { return groups_[group]; }

  /// Gives the vehicle of this index a home and the rest; the first one lives at place 0.
  void settle(Vehicle& vehicle, std::uint32_t index) const;
  /// Of all but the test car.
  Day day(const Vehicle& vehicle, std::int64_t day) const;
  /// Another place of the vehicle's group, or the same where there is no other.
  std::uint32_t other_place(const Vehicle& vehicle, std::uint32_t at, std::uint64_t bits) const;

 private:
  class Page;
  const Courses& courses_;
  LocalTime time_;
  std::vector<PlaceLists> groups_;
};

}  // namespace racesim::fleet
