// A route as a driver goes over it: cut where anything changes, with the fuel that the reference car burns up
// to there. Immutable, shared by all vehicles.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "model/fleet.h"
#include "sim/fleet/roads/route_pool.h"

namespace racesim::fleet {

/// What stands at the end of a section.
enum class Line : std::uint8_t { none, signal, give_way, station };

/// A piece of road with one limit and one radius. Reaches to the next one's begin.
struct Section {
  double begin_m = 0;
  float radius_m = 0;  ///< 0: straight
  float fuel_l = 0;    ///< of the reference car from the route's begin to here
  float fuel_l_per_m = 0;
  Signal light;  ///< of a signal
  std::uint16_t limit_kmh = 50;
  RoadType type = RoadType::urban;
  Line line = Line::none;  ///< at its end
};

struct Course {
  const Route* route = nullptr;
  std::vector<Section> sections;  ///< and a last one that begins at the route's end, only to end the others
  double slowest_s = 0;           ///< no vehicle needs longer, whatever the lights show and wherever it fuels

  double length_m() const { return sections.back().begin_m; }
  std::size_t size() const { return sections.size() - 1; }
  double fuel_l(std::size_t section, double s_m) const {
    const Section& at = sections[section];
    return double{at.fuel_l} + (s_m - at.begin_m) * double{at.fuel_l_per_m};
  }
  /// The same for any place.
  double fuel_until_l(double s_m) const;
  /// The section with this place.
  std::size_t section_at(double s_m) const;
  /// Where it may fuel: the end of a section; none: size().
  std::size_t station_section() const;
};

/// Signals so close behind another one belong to the same junction and show the same.
inline constexpr double kJunction_m = 80;

Course make_course(const Route& route, const RoutePool& pool);

/// The courses of a pool, made when they are asked for. All methods from any thread.
class Courses {
 public:
  /// `pool` outlives this.
  explicit Courses(const RoutePool& pool);
  ~Courses();
  Courses(const Courses&) = delete;
  Courses& operator=(const Courses&) = delete;

  const RoutePool& pool() const { return pool_; }
  /// See RoutePool::between().
  const Course& between(std::uint32_t from, std::uint32_t to) const;

 private:
  const RoutePool& pool_;
  std::vector<std::size_t> first_;          ///< by place `from`: of its row in slots_
  std::vector<std::uint32_t> group_begin_;  ///< by place: the lowest index of its group
  mutable std::vector<std::atomic<const Course*>> slots_;
};

}  // namespace racesim::fleet
