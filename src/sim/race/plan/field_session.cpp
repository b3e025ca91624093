// Qualifying and practice: stints from the box and back, in one part or in three with fewer cars each time.
#include <algorithm>
#include <tuple>

#include "sim/race/plan/field.h"

namespace racesim::race {
namespace {

constexpr std::int64_t kSecond_ms = 1000;
struct Part {
  std::int64_t length_ms;
  std::int64_t break_ms;  ///< before it
  std::size_t cars;       ///< of twenty
  std::string_view name;
};
constexpr Part kQualifying[] = {{18 * 60 * kSecond_ms, 0, 20, "Q1"},
                                {15 * 60 * kSecond_ms, 7 * 60 * kSecond_ms, 15, "Q2"},
                                {12 * 60 * kSecond_ms, 8 * 60 * kSecond_ms, 10, "Q3"}};
constexpr std::int64_t kArrive_ms = -120 * kSecond_ms;  ///< the first car is on its way to its box by then
constexpr std::int64_t kService_ms = 150 * kSecond_ms;  ///< at least so long in the box between stints
constexpr double kOut = 1.2;                            ///< out-laps, against the template
constexpr double kCool = 1.32;
constexpr double kPushReserve = 1.002;
constexpr double kPush_s = 0.35;  ///< what even the best leaves on the track
constexpr double kPushNoise_s = 0.14;
constexpr double kTrackGain_s = 0.12;  ///< the track gains grip from part to part

}  // namespace

void Field::enter_boxes() {
  for (Runner& c : cars_) {
    c.out->first_pass = c.next = c.pit->entry;
    c.out->grid = static_cast<std::uint16_t>(c.index + 1);
    c.way = Way::pit;
    c.out->stops.push_back({0, 0, 0, 0, c.compound});
    c.ratio = 1.002;
    c.fuel_kg = 10;
    c.time_ms = kArrive_ms + 2'500 * static_cast<std::int64_t>(c.index % 30);
    taking_part_.push_back(c.index);
  }
}

std::vector<std::uint32_t> Field::order_of_part(std::uint32_t part) const {
  std::vector<std::uint32_t> order = taking_part_;
  const auto best = [&](std::uint32_t i) {
    const CarPlan& car = *cars_[i].out;
    const std::int64_t ms = car.part_best_ms[part];
    return std::tuple(ms == 0 ? INT64_MAX : ms, car.part_best_at_ms[part], i);
  };
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return best(a) < best(b); });
  return order;
}

bool Field::begin_part() {
  const bool qualifying = input_.kind == SessionKind::qualifying;
  if (part_ >= (qualifying ? 3U : 1U)) return false;
  std::int64_t begin_ms = 0;
  std::int64_t length_ms = static_cast<std::int64_t>(input_.minutes) * 60 * kSecond_ms;
  if (part_ > 0) taking_part_ = order_of_part(part_ - 1);
  if (qualifying) {
    const Part& part = kQualifying[part_];
    length_ms = part.length_ms;
    begin_ms = part_ == 0 ? 0 : std::max(part_end_ms_ + part.break_ms, plan_.end_ms + 60 * kSecond_ms);
    const std::size_t stay = (cars_.size() * part.cars + 19) / 20;
    taking_part_.resize(std::min(taking_part_.size(), stay));
    control_.say(begin_ms, 1, Category::flag, Flag::green, Scope::track, 0, 0,
                 std::string(part.name) + " BEGINS");
  }
  part_end_ms_ = begin_ms + length_ms;
  plan_.end_ms = std::max(plan_.end_ms, part_end_ms_);
  plan_.parts.push_back({begin_ms, part_end_ms_, taking_part_});
  control_.say(part_end_ms_, 1, Category::flag, Flag::chequered, Scope::track, 0, 0, "CHEQUERED FLAG");
  ++part_;
  for (const std::uint32_t i : taking_part_) {
    plan_stints(cars_[i], begin_ms, part_end_ms_);
    unpark(cars_[i]);
  }
  return true;
}

void Field::plan_stints(Runner& c, std::int64_t begin_ms, std::int64_t end_ms) {
  const Draws draws(input_.seed, "session.stints", c.entry->car);
  const std::uint64_t first = 100 * part_;
  const auto at = [&](std::uint64_t counter, double low_s, double high_s) {
    return static_cast<std::int64_t>(draws.between(first + counter, low_s, high_s) * 1000.0);
  };
  const double lap_kg = input_.fuel_per_lap_kg;
  c.stints.clear();
  c.stint_next = 0;
  if (input_.kind == SessionKind::qualifying) {
    const double wait_s = static_cast<double>(end_ms - begin_ms) / 1000.0 * 0.18;
    c.stints.push_back({begin_ms + at(0, 4, wait_s), Compound::soft, 3 * lap_kg + 2, {LapKind::push}});
    c.stints.push_back({end_ms - at(1, 135, 225), Compound::soft, 3 * lap_kg + 2, {LapKind::push}});
    return;
  }
  const std::int64_t length_ms = end_ms - begin_ms;
  const Compound first_tyre = draws.chance(first + 5, 0.5) ? Compound::medium : Compound::hard;
  c.stints.push_back(
      {begin_ms + at(0, 5, 300), first_tyre, 30, {LapKind::push, LapKind::cool, LapKind::push}});
  c.stints.push_back({begin_ms + length_ms * 35 / 100 + at(1, 0, 200),
                      Compound::soft,
                      12,
                      {LapKind::push, LapKind::cool, LapKind::push}});
  const auto long_laps = static_cast<std::size_t>(7 + draws.uniform(first + 3) * 12);  // some until the flag
  c.stints.push_back({begin_ms + length_ms * 58 / 100 + at(2, 0, 150), Compound::medium, 70,
                      std::vector<LapKind>(long_laps, LapKind::run)});
}

void Field::take_kind(Runner& c) {
  const std::size_t lap = c.stint_lap++;
  if (lap == 0) {
    c.kind = LapKind::out;
    c.out_lap = lap_of(c);
  } else if (lap > c.stint_now.laps.size() || c.time_ms >= part_end_ms_) {
    c.kind = LapKind::in;
  } else {
    c.kind = c.stint_now.laps[lap - 1];
  }
  c.drs_zones = c.kind == LapKind::push ? ~0U : 0;
}

void Field::set_session_pace(Runner& c) {
  const double tyres_s = tyre_loss_s(c.compound, c.age_laps, c.strategy.stress);
  double lost_s = c.pace_loss_s + tyres_s + kFuel_spkg * c.fuel_kg;
  if (c.kind == LapKind::push) {
    const Draws draws(input_.seed, "session.push", c.entry->car);
    const double luck_s = kPushNoise_s * c.entry->noise * draws.normal(lap_of(c));
    lost_s += kPush_s + luck_s - kTrackGain_s * (part_ - 1.0);
  } else {
    lost_s += kRacePace_s + c.lap_noise_s;
  }
  c.target_s = c.times->lap_s({}) + lap_scale_ * lost_s;
  c.bucket = c.times->choose(c.fuel_kg, c.target_s, kPushReserve);
  c.clear = std::max(least_ratio(c), c.target_s / c.times->lap_s(c.bucket));
}

double Field::session_ratio(Runner& c, std::uint32_t k) {
  const bool fast = c.kind <= LapKind::run;
  c.ramp = true;
  if (fast) {
    if (c.ratio <= c.clear * 1.03) c.ramp = false;
    return c.clear * (1 + c.piece_noise);
  }
  const bool runs_up =
      c.stint_lap <= c.stint_now.laps.size() && c.stint_now.laps[c.stint_lap - 1] <= LapKind::run;
  // Speed is taken up before the line, so that the lap begins in full flight.
  if (c.kind != LapKind::in && runs_up && k + 2 >= n_) return k + 1 == n_ ? c.clear : c.clear * 1.1;
  return c.clear * (c.kind == LapKind::out ? kOut : kCool);
}

void Field::park(Runner& c, std::int64_t arrive_ms, double rest_s) {
  c.out->stops.back().arrive_ms = arrive_ms;
  c.out->stops.back().leave_ms = arrive_ms;
  c.out->retirement.last_pass = static_cast<std::uint32_t>(c.out->passes.size()) - 1;
  c.out->retirement.in_pit = true;
  c.out->retirement.halt_ms = arrive_ms;
  c.box_rest_s = rest_s;
  c.moving = false;
  unpark(c);
}

void Field::unpark(Runner& c) {
  const std::size_t stint = c.stint_next;
  if (stint >= c.stints.size()) return;
  PitStop& stop = c.out->stops.back();
  c.stint_now = c.stints[stint];
  const std::int64_t ready_ms = stop.arrive_ms + kService_ms;
  std::int64_t leave_ms = std::max(c.stint_now.leave_ms, ready_ms);
  // Too late to begin a lap before the flag: it stays in.
  if (leave_ms > part_end_ms_ - 118 * kSecond_ms) return;
  ++c.stint_next;
  leave_ms += static_cast<std::int64_t>(c.index % 2) * 700;
  stop.leave_ms = leave_ms;
  stop.fitted = c.compound = c.stint_now.compound;
  if (c.out->stops.size() == 1) {
    c.out->go_ms = leave_ms;
    c.out->start_compound = c.compound;
  } else {
    ++c.stint;
  }
  c.fuel_kg = c.stint_now.fuel_kg;
  c.age_laps = 0;
  c.wear_pct = 0;
  c.serviced = true;
  c.stint_lap = 0;
  c.moving = true;
  c.out->retirement.in_pit = false;
  Piece piece;
  piece.way = Way::pit;
  piece.ratio = static_cast<float>(c.ratio);
  c.ramp = false;
  const std::uint32_t k = c.last() % n_;
  ++c.pit_piece;
  // The line may lie behind: the out-lap has begun, then, when the car was driven in.
  if (k < c.pit->entry) {
    c.lap_compound = c.compound;
    c.lap_age_laps = 0;
    c.lap_wear_pct = 0;
    take_kind(c);
  }
  settle(c, k, leave_ms + static_cast<std::int64_t>(c.box_rest_s * 1000.0 + 0.5), piece);
}

}  // namespace racesim::race
