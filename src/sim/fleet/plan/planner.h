// What a vehicle does at any moment: the trip that it is on or has made last, with what is in the tank.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/fleet/drive/driver.h"
#include "sim/fleet/plan/diary.h"
#include "sim/fleet/plan/vehicle.h"

namespace racesim::fleet {

/// A trip and the stay behind it; or a stay alone, before the day's first trip.
struct Spell {
  Trip trip;
  bool stands = false;      ///< there is no trip: it stands at trip.begin_m with trip.fuel_l
  std::int64_t end_us = 0;  ///< when the next spell begins; 0: follows from the arrival (Planner::end_of)
  std::int64_t block = 0;   ///< of the test car
  std::uint32_t to = 0;     ///< place where the trip ends
};

/// Immutable; all methods pure, any thread.
class Planner {
 public:
  /// `diary` outlives this; the test car sets off at `start_us`, epoch.
  Planner(const Diary& diary, std::int64_t start_us) : diary_(diary), start_us_(start_us) {}

  /// The spell that holds the moment, which is not before the start. In constant time: of most vehicles some
  /// trips' fuel is added up, the test car drives at most kBlock_us.
  Spell spell_at(const Vehicle& vehicle, std::int64_t time_us) const;
  /// The one that begins at `end_us`, the end of `last`. The same as spell_at(), but for the test car much
  /// quicker.
  Spell spell_after(const Vehicle& vehicle, const Spell& last, std::int64_t end_us) const;
  /// When a spell ends whose trip arrives at `arrival_us`, and the next one begins.
  std::int64_t end_of(const Spell& spell, std::int64_t arrival_us) const;

  /// The test car begins each block at home.
  static constexpr std::int64_t kBlock_us = 6 * 3600 * kSecond_us;

 private:
  struct Fuel;
  Trip trip_between(const Vehicle& vehicle, std::uint32_t from, std::uint32_t to,
                    std::int64_t depart_us) const;
  double standing_m(const Vehicle& vehicle, std::uint32_t place, double street_m) const;
  Spell stay(const Vehicle& vehicle, std::uint32_t place, double fuel_l, std::int64_t end_us) const;

  Spell day_spell(const Vehicle& vehicle, std::int64_t time_us) const;
  double fuel_at_day_begin_l(const Vehicle& vehicle, std::int64_t day) const;

  Spell block_spell(const Vehicle& vehicle, std::int64_t time_us) const;
  Spell leg(const Vehicle& vehicle, std::int64_t block, std::uint32_t from, double fuel_l,
            std::int64_t from_us) const;
  std::int64_t block_begin_us(std::int64_t block) const { return start_us_ + block * kBlock_us; }

  const Diary& diary_;
  std::int64_t start_us_;
};

}  // namespace racesim::fleet
