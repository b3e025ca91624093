#include "sim/fleet/plan/planner.h"

#include <algorithm>
#include <optional>

#include "sim/fleet/plan/draws.h"

namespace racesim::fleet {
namespace {

constexpr std::uint64_t kTopicStand = topic_hash("fleet.stand");
constexpr std::uint64_t kTopicTank = topic_hash("fleet.tank");

double planned_fuel_l(const Vehicle& vehicle, const Trip& trip, double from_m) {
  return double{vehicle.fuel_factor} *
         (trip.course->fuel_until_l(trip.end_m) - trip.course->fuel_until_l(from_m));
}

/// The place of the station where it may fuel, if the trip passes one.
std::optional<double> station_m(const Trip& trip) {
  const std::size_t section = trip.course->station_section();
  if (section == trip.course->size()) return std::nullopt;
  const double at_m = trip.course->sections[section + 1].begin_m;
  if (at_m < trip.begin_m + 100 || at_m > trip.end_m - 100) return std::nullopt;
  return at_m;
}

double full_l(const Vehicle& vehicle, std::int64_t day) {
  const std::uint64_t bits =
      mix64(vehicle.key.a ^ (kTopicTank + static_cast<std::uint64_t>(day) * kGoldenGamma));
  return double{vehicle.tank_l} * between(bits, 0.93, 0.99);
}

/// Who fuels once a week has a weekday for it.
bool is_fuel_day(const Vehicle& vehicle, std::int64_t day) {
  return !vehicle.fuels_weekly ||
         weekday(day) == static_cast<int>(1 + below(draw(vehicle.key, kTopicTank), 5));
}

}  // namespace

/// Follows the tank through a day's trips. Whoever runs low fuels wherever there is a station.
struct Planner::Fuel {
  const Vehicle& vehicle;
  double level_l;
  double full;    ///< after fuelling
  bool may_fuel;  ///< and has not yet

  void begin(Trip& trip) {
    trip.fuel_l = level_l;
    const bool is_low = level_l < 0.3 * double{vehicle.tank_l};
    const auto at_m = may_fuel || is_low ? station_m(trip) : std::nullopt;
    if (at_m) {
      trip.refuelled_l = full;
      level_l = full - planned_fuel_l(vehicle, trip, *at_m);
      may_fuel = false;
    } else {
      level_l -= planned_fuel_l(vehicle, trip, trip.begin_m);
    }
  }
};

double Planner::standing_m(const Vehicle& vehicle, std::uint32_t place, double street_m) const {
  if (vehicle.kind == VehicleKind::test_car && place == vehicle.home) return 0;
  return 0.9 * street_m * unit(mix64(vehicle.key.b ^ (kTopicStand + place * kGoldenGamma)));
}

Trip Planner::trip_between(const Vehicle& vehicle, std::uint32_t from, std::uint32_t to,
                           std::int64_t depart_us) const {
  Trip trip;
  trip.course = &diary_.courses().between(from, to);
  trip.depart_us = depart_us;
  const Route& route = *trip.course->route;
  trip.begin_m = standing_m(vehicle, from, route.first_street_m);
  trip.end_m = trip.course->length_m() - standing_m(vehicle, to, route.last_street_m);
  trip.key = mix64(vehicle.key.a ^ static_cast<std::uint64_t>(depart_us));
  return trip;
}

Spell Planner::stay(const Vehicle& vehicle, std::uint32_t place, double fuel_l, std::int64_t end_us) const {
  Spell spell;
  spell.stands = true;
  spell.trip = trip_between(vehicle, place, diary_.other_place(vehicle, place, 0), 0);
  spell.trip.fuel_l = fuel_l;
  spell.end_us = end_us;
  spell.to = place;
  return spell;
}

Spell Planner::spell_at(const Vehicle& vehicle, std::int64_t time_us) const {
  return vehicle.kind == VehicleKind::test_car ? block_spell(vehicle, time_us) : day_spell(vehicle, time_us);
}

Spell Planner::spell_after(const Vehicle& vehicle, const Spell& last, std::int64_t end_us) const {
  if (vehicle.kind != VehicleKind::test_car || end_us >= block_begin_us(last.block + 1))
    return spell_at(vehicle, end_us);
  double left_l = last.trip.fuel_l;
  if (!last.stands) {
    const bool fuels = last.trip.refuelled_l > 0;
    left_l = (fuels ? last.trip.refuelled_l : left_l) -
             planned_fuel_l(vehicle, last.trip, fuels ? *station_m(last.trip) : last.trip.begin_m);
  }
  return leg(vehicle, last.block, last.to, left_l, end_us);
}

std::int64_t Planner::end_of(const Spell& spell, std::int64_t arrival_us) const {
  if (spell.end_us != 0) return spell.end_us;
  const double break_s = between(mix64(spell.trip.key + 1), 40, 200);
  const std::int64_t ready_us = arrival_us + static_cast<std::int64_t>(break_s * 1e6);
  return std::min(ready_us, block_begin_us(spell.block + 1));
}

double Planner::fuel_at_day_begin_l(const Vehicle& vehicle, std::int64_t day) const {
  constexpr std::int64_t kLongest = 7;
  const auto fuels_on = [&](std::int64_t at) {
    return is_fuel_day(vehicle, at) && (vehicle.fuels_weekly || diary_.day(vehicle, at).count > 0);
  };
  std::int64_t last = day - 1;
  while (last > day - kLongest && !fuels_on(last)) --last;
  // It does not matter what was left before it fuelled.
  Fuel fuel{vehicle, 0, full_l(vehicle, last), true};
  for (std::int64_t at = last; at < day; ++at) {
    fuel.full = full_l(vehicle, at);
    const auto trips = diary_.day(vehicle, at);  // all() is a view of it
    for (const PlannedTrip& planned : trips.all()) {
      Trip trip = trip_between(vehicle, planned.from, planned.to, planned.depart_us);
      fuel.begin(trip);
    }
    // Where it has passed no station it is filled up in the yard, by night.
    if (at == last && fuel.may_fuel) fuel.level_l = fuel.full;
    fuel.may_fuel = false;
  }
  return fuel.level_l;
}

Spell Planner::day_spell(const Vehicle& vehicle, std::int64_t time_us) const {
  const std::int64_t number = diary_.time().day_of(time_us);
  const Day day = diary_.day(vehicle, number);
  const std::int64_t day_end_us = diary_.time().utc_us(number + 1, LocalTime::kDayBegins_h);
  Fuel fuel{vehicle, fuel_at_day_begin_l(vehicle, number), full_l(vehicle, number),
            is_fuel_day(vehicle, number)};
  if (day.count == 0 || time_us < day.trips[0].depart_us)
    return stay(vehicle, vehicle.home, fuel.level_l, day.count == 0 ? day_end_us : day.trips[0].depart_us);
  Spell spell;
  for (std::size_t i = 0; i < day.count && day.trips[i].depart_us <= time_us; ++i) {
    const PlannedTrip& planned = day.trips[i];
    spell.trip = trip_between(vehicle, planned.from, planned.to, planned.depart_us);
    fuel.begin(spell.trip);
    spell.to = planned.to;
    spell.end_us = i + 1 < day.count ? day.trips[i + 1].depart_us : day_end_us;
  }
  return spell;
}

/// The test car's next drive, if there is time for it before the block ends; else it stays.
Spell Planner::leg(const Vehicle& vehicle, std::int64_t block, std::uint32_t from, double fuel_l,
                   std::int64_t from_us) const {
  constexpr int kTries = 4;
  const std::int64_t end_us = block_begin_us(block + 1);
  const auto longest_us = [&](std::uint32_t a, std::uint32_t b) {
    return static_cast<std::int64_t>(diary_.courses().between(a, b).slowest_s * 1e6);
  };
  const std::uint64_t key = mix64(vehicle.key.b ^ static_cast<std::uint64_t>(from_us));
  std::uint32_t to = vehicle.home;
  bool fits = false;
  for (int i = 0; i < kTries && !fits; ++i) {
    to = diary_.other_place(vehicle, from, mix64(key + static_cast<std::uint64_t>(i)));
    const std::int64_t back_us = to == vehicle.home ? 0 : longest_us(to, vehicle.home);
    fits = from_us + longest_us(from, to) + back_us <= end_us;
  }
  if (!fits && from == vehicle.home) {
    Spell spell = stay(vehicle, from, fuel_l, end_us);
    spell.block = block;
    return spell;
  }
  Spell spell;
  spell.block = block;
  spell.to = fits ? to : vehicle.home;
  spell.trip = trip_between(vehicle, from, spell.to, from_us);
  spell.trip.fuel_l = fuel_l;
  // Full again when it gets home for the last time, or nearly.
  const bool late = from_us > end_us - kBlock_us * 2 / 5;
  if (const auto at_m = station_m(spell.trip); late && spell.to == vehicle.home && at_m)
    spell.trip.refuelled_l = std::min(
        double{vehicle.tank_l}, full_l(vehicle, block + 1) + planned_fuel_l(vehicle, spell.trip, *at_m));
  return spell;
}

Spell Planner::block_spell(const Vehicle& vehicle, std::int64_t time_us) const {
  const std::int64_t block = (time_us - start_us_) / kBlock_us;
  const std::int64_t begin_us = block_begin_us(block);
  const std::int64_t first_us =
      begin_us + static_cast<std::int64_t>(
                     between(mix64(vehicle.key.a + static_cast<std::uint64_t>(block)), 1, 3) * 1e6);
  const double tank_l = full_l(vehicle, block);
  if (time_us < first_us) {
    Spell spell = stay(vehicle, vehicle.home, tank_l, first_us);
    spell.block = block;
    return spell;
  }
  Spell spell = leg(vehicle, block, vehicle.home, tank_l, first_us);
  while (!spell.stands) {
    Driver driver(vehicle, spell.trip);
    Motion piece;
    while (driver.next(piece)) {
    }
    const std::int64_t arrival_us = spell.trip.depart_us + static_cast<std::int64_t>(driver.time_s() * 1e6);
    const std::int64_t end_us = end_of(spell, arrival_us);
    if (time_us < end_us || end_us >= begin_us + kBlock_us) return spell;
    spell = spell_after(vehicle, spell, end_us);
  }
  return spell;
}

}  // namespace racesim::fleet
