// When a car comes in, and what it is given: the plan, a rival's stop, a cheap stop under flags, damage.
#include <algorithm>

#include "sim/race/plan/field.h"

namespace racesim::race {
namespace {

constexpr std::int64_t kRival_ms = 2'500;
constexpr std::uint32_t kUndercut_laps = 4;      ///< nobody answers a rival earlier than this before his plan
constexpr std::uint32_t kOld_laps = 10;          ///< older tyres are worth changing when it is cheap …
constexpr std::uint32_t kWorth_laps = 10;        ///< … and the rest of the race is longer than this
constexpr std::int64_t kDecide_ms = 4'000;       ///< a pit wall needs so long after the call
constexpr std::int64_t kDecideFirst_ms = 9'000;  ///< the leader's, who is to be followed or not, decides last
constexpr double kComeIn = 0.93;
constexpr double kComeInFirst = 0.8;
constexpr double kComeInVsc = 0.45;
constexpr double kLasts = 0.95;  ///< of a tyre's life that a driver is ready to plan with

std::uint8_t bit_of(Compound compound) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(compound));
}

}  // namespace

/// A stop while all drive slowly costs half: whoever has old tyres and enough of the race left takes it.
bool Field::takes_cheap_stop(const Runner& c, std::uint32_t lap) const {
  const Flag flag = control_.field_flag();
  if (flag != Flag::sc && flag != Flag::vsc) return false;
  if (c.age_laps < kOld_laps || input_.laps - lap <= kWorth_laps) return false;
  const bool first = leads(c);
  const std::int64_t since_ms = c.time_ms - control_.flag_since_ms();
  if (since_ms < (first ? kDecideFirst_ms : kDecide_ms)) return false;
  const Draws draws(input_.seed, "race.call", c.entry->car);
  return draws.chance(lap, flag == Flag::vsc ? kComeInVsc : first ? kComeInFirst : kComeIn);
}

/// The undercut: a rival came in a lap ago.
bool Field::answers_rival(const Runner& c, std::uint32_t lap) const {
  if (lap < 2) return false;
  const Draws draws(input_.seed, "race.call", c.entry->car);
  const std::int64_t begin_ms = c.out->passes[(lap - 1) * n_].time_ms;
  for (const Runner& o : cars_) {
    if (o.index == c.index || o.pit_lap == 0 || o.pit_lap + 1 != lap) continue;
    const std::size_t then = static_cast<std::size_t>(lap - 2) * n_;
    const std::int64_t gap_ms = o.out->passes[then].time_ms - c.out->passes[then].time_ms;
    if (gap_ms > -kRival_ms && gap_ms < kRival_ms && begin_ms > 0) return draws.chance(lap + 1000, 0.55);
  }
  return false;
}

bool Field::wants_pit(const Runner& c) const {
  if (!is_race()) return c.kind == LapKind::in;
  const std::uint32_t lap = c.last() / n_ + 1;
  if (c.limping) return c.incident->in_pit;
  if (lap >= input_.laps || control_.field_flag() == Flag::red) return false;
  if (c.damage != Damage::none || takes_cheap_stop(c, lap)) return true;
  if (c.planned_stop >= c.strategy.stops.size()) return false;
  const PlannedStop& stop = c.strategy.stops[c.planned_stop];
  if (lap >= stop.lap || lap + 1 == input_.laps) return true;
  return control_.field_flag() == Flag::green && stop.lap <= lap + kUndercut_laps && answers_rival(c, lap);
}

/// The softest that lasts for the rest; two compounds at least over the race.
Compound Field::compound_for(const Runner& c, std::uint32_t left_laps) const {
  Compound chosen = Compound::hard;
  for (const Compound compound : {Compound::medium, Compound::soft})
    if (left_laps * c.strategy.stress <= kLasts * tyre_model(compound).life_laps) chosen = compound;
  if (c.used != bit_of(chosen)) return chosen;
  return chosen == Compound::medium ? Compound::hard : Compound::medium;
}

/// New tyres at the stop that begins: those planned, if it is about time for them; else what the rest of the
/// race asks for, and the plan is made anew.
Compound Field::take_tyres(Runner& c) {
  std::vector<PlannedStop>& stops = c.strategy.stops;
  const std::uint32_t left_laps = input_.laps - c.pit_lap;
  const bool due = c.planned_stop < stops.size() && stops[c.planned_stop].lap <= c.pit_lap + kUndercut_laps;
  Compound fitted = Compound::hard;
  if (due) {
    fitted = stops[c.planned_stop++].compound;
  } else {
    fitted = compound_for(c, left_laps);
    stops.resize(c.planned_stop);
    const double life_laps = tyre_model(fitted).life_laps;
    if (left_laps > 1.05 * life_laps) {
      const auto stint_laps = static_cast<std::uint32_t>(std::min(life_laps, left_laps / 2.0));
      stops.push_back({c.pit_lap + stint_laps, fitted == Compound::hard ? Compound::medium : Compound::hard});
    }
  }
  c.used |= bit_of(fitted);
  return fitted;
}

}  // namespace racesim::race
