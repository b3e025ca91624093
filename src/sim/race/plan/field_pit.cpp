// The pit lane and the end of a race that has no finish.
#include <algorithm>

#include "sim/race/plan/field.h"

namespace racesim::race {
namespace {

constexpr double kPitFlagStep = 1.13;
constexpr double kPitStep = 1.045;
constexpr double kQueueAhead = 1.13;          ///< nobody hurries out of the lane to join a slow queue
constexpr std::int64_t kBoxClear_ms = 1'500;  ///< between two cars of a team
constexpr double kWing_s[] = {6, 10};         ///< what a new front wing takes beyond tyres
constexpr double kPuncture_s[] = {0, 2};      ///< a look at the floor
constexpr std::int64_t kHalt_ms = 14'000;     ///< a stricken car rolls to its halt

}  // namespace

void Field::enter_pit(Runner& c) {
  c.way = Way::pit;
  c.pit_piece = 0;
  c.pit_lap = lap_of(c);
  c.serviced = false;
  c.drs_zones = 0;
  c.passing = kNobody;
  if (!c.limping) {
    const std::uint32_t here = c.last() - c.out->first_pass;
    c.out->stops.push_back({here, here, 0, 0, c.compound});
  }
}

std::int64_t Field::stand(Runner& c, std::int64_t arrive_ms) {
  const std::size_t box = c.entry->team % input_.pit_ways.size();
  PitStop& stop = c.out->stops.back();
  const auto count = static_cast<std::uint32_t>(c.out->stops.size());
  stop.arrive_ms = arrive_ms;
  std::int64_t work_ms = serve_penalties_ms(c, arrive_ms) + draw_standstill_ms(input_, c.index, count);
  if (c.damage != Damage::none) {
    const Draws draws(input_.seed, "race.repair", c.entry->car);
    const auto& range_s = c.damage == Damage::wing ? kWing_s : kPuncture_s;
    work_ms += static_cast<std::int64_t>(draws.between(count, range_s[0], range_s[1]) * 1000);
    c.damage = Damage::none;
  }
  stop.leave_ms = std::max(arrive_ms, box_free_ms_[box]) + work_ms;
  box_free_ms_[box] = stop.leave_ms + kBoxClear_ms;
  change_tyres(c);
  return stop.leave_ms - arrive_ms;
}

void Field::change_tyres(Runner& c) {
  c.compound = c.out->stops.back().fitted = take_tyres(c);
  c.age_laps = 0;
  c.wear_pct = 0;
  c.cold = true;
  c.serviced = true;
  ++c.stint;
  if (c.last() / n_ + 1 == c.pit_lap) return;
  c.lap_compound = c.compound;
  c.lap_age_laps = 0;
  c.lap_wear_pct = 0;
}

void Field::drive_pit(Runner& c, std::uint32_t k) {
  const PitWay& pit = *c.pit;
  const Draws draws(input_.seed, "race.pit", c.entry->car);
  const double own = 1.001 + 0.005 * draws.uniform(c.pit_lap);
  // From behind a safety car the way in begins slowly.
  const double step = c.ramp ? kPitFlagStep : kPitStep;
  double ratio = std::max(own, c.ratio / step);
  if (control_.field_flag() == Flag::sc && c.pit_piece > pit.box_piece) ratio = std::max(ratio, kQueueAhead);
  if (c.queue > 0 && c.pit_piece > pit.box_piece) ratio = c.ratio;
  const double fast_s = pit.piece_s[c.pit_piece];
  auto to_ms = c.time_ms + static_cast<std::int64_t>(ratio * fast_s * 1000.0 + 0.5);
  if (c.pit_piece == pit.box_piece) {
    const auto arrive_ms = c.time_ms + static_cast<std::int64_t>(ratio * pit.to_box_s * 1000.0 + 0.5);
    if (c.limping) {
      retire(c, arrive_ms, true);
      return;
    }
    if (c.queue > 0) {
      c.ratio = ratio;
      wait(c, std::max(arrive_ms, queue_closed_ms(c)), (fast_s - pit.to_box_s) * kQueueOut);
      return;
    }
    if (!is_race()) {
      c.ratio = ratio;
      park(c, arrive_ms, (fast_s - pit.to_box_s) * ratio);
      return;
    }
    to_ms += stand(c, arrive_ms);
  }
  if (c.queue > 0 && c.pit_piece < pit.box_piece) {
    to_ms = std::max(to_ms, queue_closed_ms(c));
    ratio = static_cast<double>(to_ms - c.time_ms) / (fast_s * 1000);
  }
  Piece piece;
  piece.way = Way::pit;
  piece.ramp = c.ramp || ratio > 1.045;
  piece.ratio = static_cast<float>(ratio);
  c.ratio = ratio;
  c.ramp = piece.ramp;
  if (c.pit_piece == pit.box_piece) watch_pit_lane(c);
  ++c.pit_piece;
  settle(c, k, to_ms, piece);
}

/// True: the car is out.
bool Field::meet_own_incident(Runner& c, std::uint32_t k) {
  if (c.incident == nullptr || c.way != Way::line) return false;
  const Incident& i = *c.incident;
  const std::uint32_t due = (i.lap - 1) * n_ + i.checkpoint;
  if (c.last() < due) return false;
  if (control_.field_flag() == Flag::red && !c.limping) {
    c.incident = nullptr;  // nobody has an accident so slowly
    return false;
  }
  if (i.damage != Damage::none) {
    c.damage = i.damage;
    c.incident = nullptr;
    blame_for(c, k);
    control_.say(c.time_ms, c.last() / n_ + 1, Category::flag, Flag::none, Scope::driver,
                 control_.sector_of(k), c.entry->car,
                 "INCIDENT INVOLVING CAR " + std::to_string(c.entry->car) + " (" + c.entry->driver +
                     ") NOTED - " + std::string(i.reason));
    control_.answer(i, k, c.time_ms);
    return false;
  }
  // A failing engine lets the car roll for a while; an accident does not.
  c.limping = i.cause == Cause::failure;
  const bool stops = i.cause == Cause::accident || (!i.in_pit && c.last() >= due + 3);
  if (!stops) return false;
  if (i.reason == kCollision) blame_for(c, k);
  retire(c, c.time_ms + kHalt_ms, false);
  control_.answer(i, k, c.time_ms);
  return true;
}

bool Field::meet_incident(Runner& c, std::uint32_t k) {
  if (meet_own_incident(c, k)) return true;
  if (c.last() != leader_pass_) return false;
  for (Incident& i : incidents_) {
    if (i.entry != kNobody || i.laps == 0 || c.last() < (i.lap - 1) * n_ + i.checkpoint) continue;
    control_.answer(i, k, c.time_ms);
    i.laps = 0;
  }
  return false;
}

void Field::retire(Runner& c, std::int64_t halt_ms, bool in_pit) {
  c.moving = false;
  Retirement& r = c.out->retirement;
  r = {c.incident->cause, in_pit, c.last(), halt_ms, std::string(c.incident->reason)};
  control_.say(c.time_ms, c.last() / n_ + 1, Category::retirement, Flag::none, Scope::driver,
               control_.sector_of(c.last() % n_), c.entry->car,
               "CAR " + std::to_string(c.entry->car) + " (" + c.entry->driver + ") " +
                   (in_pit ? "RETIRED IN THE PITS - " : "STOPPED ON TRACK - ") + r.reason);
}

}  // namespace racesim::race
