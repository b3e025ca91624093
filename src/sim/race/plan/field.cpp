#include "sim/race/plan/field.h"

#include <algorithm>

#include "base/check.h"
#include "sim/race/plan/day.h"
#include "sim/race/plan/result.h"

namespace racesim::race {
namespace {

constexpr double kNoiseMemory = 0.4;
constexpr double kNoise_s = 0.22;
constexpr double kNoiseKick = 0.9165;  ///< sqrt(1 − 0.4²): keeps the spread at kNoise_s
constexpr double kDrsGap_s = 1.0;
constexpr double kReserveFuel_kg = 1.5;
/// What it costs a lap to save a hundredth of the fuel, by rolling before the brakes.
constexpr double kSaving_s = 0.05;
constexpr std::int64_t kNever_ms = -1'000'000;

void check_input(const PlanInput& in) {
  RACESIM_CHECK(!in.entries.empty() && !in.piece_tables.empty() && !in.pit_ways.empty());
  RACESIM_CHECK(in.laps > 0 && in.piece_tables[0].pieces >= 8);
  for (const PieceTable& t : in.piece_tables) {
    RACESIM_CHECK(t.pieces == in.piece_tables[0].pieces);
    RACESIM_CHECK(t.seconds.size() == static_cast<std::size_t>(t.fuels) * t.grips * 2 * t.pieces);
  }
  for (const PitWay& p : in.pit_ways)
    RACESIM_CHECK(p.piece_s.size() == in.piece_tables[0].pieces - p.entry + p.exit &&
                  p.box_piece < p.piece_s.size());
  RACESIM_CHECK(in.grid.empty() || in.grid.size() == in.entries.size());
  RACESIM_CHECK(in.kind != SessionKind::race || in.start_ways.size() >= in.entries.size());
  RACESIM_CHECK(in.queue_ways.size() == in.grid_ways.size() &&
                (in.queue_ways.empty() || in.queue_ways.size() >= in.entries.size()));
}

}  // namespace

Field::Field(const PlanInput& input)
    : input_((check_input(input), input)), n_(input.piece_tables[0].pieces), control_(input, plan_) {
  plan_.kind = input.kind;
  plan_.checkpoints = n_;
  plan_.laps = input.laps;
  plan_.sprint = input.sprint;
  plan_.fastest_lap_point = input.fastest_lap_point;
  const double needed_kg = input.fuel_per_lap_kg * input.laps;
  fuel_share_ = is_race() ? std::min(1.0, (kMostFuel_kg - kReserveFuel_kg) / needed_kg) : 1;
  for (const PieceTable& table : input.piece_tables) times_.emplace_back(table);
  lap_scale_ = times_[0].lap_s({}) / kReferenceLap_s;
  incidents_ = draw_incidents(input);
  const Day day = draw_day(input);
  settled_.resize(n_);
  last_pass_ms_.assign(n_, kNever_ms);
  box_free_ms_.assign(input.pit_ways.size(), 0);
  cars_.resize(input.entries.size());
  plan_.cars.resize(cars_.size());
  for (std::uint32_t i = 0; i < cars_.size(); ++i) {
    Runner& c = cars_[i];
    c.index = i;
    c.entry = &input.entries[i];
    c.times = &times_[c.entry->model];
    c.pit = own_pit(c);
    c.out = &plan_.cars[i];
    c.out->entry = i;
    c.pace_loss_s = c.entry->pace_loss_s + day.track_s + day.form_s[i];
    c.strategy = draw_strategy(input, i);
    c.compound = c.lap_compound = c.out->start_compound = c.strategy.start;
    c.used = static_cast<std::uint8_t>(1U << static_cast<unsigned>(c.compound));
    c.fuel_kg = needed_kg * fuel_share_ + kReserveFuel_kg;
    for (const Incident& incident : incidents_)
      if (incident.entry == i) c.incident = &incident;
  }
}

RacePlan Field::run() {
  if (is_race())
    line_up();
  else
    enter_boxes();
  while (true) {
    Runner* first = nullptr;
    for (Runner& c : cars_)
      if (c.moving && (first == nullptr || c.time_ms < first->time_ms)) first = &c;
    if (first == nullptr && (is_race() ? end_wait() : begin_part())) continue;
    if (first == nullptr) break;
    plan_.end_ms = std::max(plan_.end_ms, first->time_ms);
    control_.advance(first->time_ms);
    pass(*first);
  }
  control_.close(plan_.end_ms);
  classify(input_, plan_);
  return std::move(plan_);
}

std::vector<std::uint32_t> Field::grid() const {
  if (!input_.grid.empty()) return input_.grid;
  std::vector<std::pair<double, std::uint32_t>> order;
  for (const Runner& c : cars_) {
    const Draws draws(input_.seed, "race.grid", c.entry->car);
    order.emplace_back(c.pace_loss_s + 0.22 * draws.normal(0), c.index);
  }
  std::sort(order.begin(), order.end());
  std::vector<std::uint32_t> grid;
  for (const auto& [pace, entry] : order) grid.push_back(entry);
  return grid;
}

void Field::line_up() {
  const std::vector<std::uint32_t> order = grid();
  std::vector<Runner*> away;
  for (std::uint32_t slot = 0; slot < order.size(); ++slot) {
    Runner& c = cars_[order[slot]];
    const Launch launch = draw_launch(input_, c.index, 0);
    c.launch = launch.ratio;
    c.slot = slot;
    c.out->grid = static_cast<std::uint16_t>(slot + 1);
    c.out->go_ms = launch.react_ms;
    c.time_ms = c.out->go_ms + launch.spin_ms +
                static_cast<std::int64_t>(input_.start_ways[slot].reach_s[0] * c.launch * 1000.0 + 0.5);
    c.way = Way::start;
    c.ratio = c.launch;
    away.push_back(&c);
    begin_lap(c);
  }
  std::sort(away.begin(), away.end(), [](const Runner* a, const Runner* b) {
    return a->time_ms != b->time_ms ? a->time_ms < b->time_ms : a->index < b->index;
  });
  for (std::size_t i = 1; i < away.size(); ++i)
    away[i]->time_ms = std::max(away[i]->time_ms, away[i - 1]->time_ms + 10);
}

void Field::pass(Runner& c) {
  const std::uint32_t k = c.next % n_;
  c.out->passes.push_back({c.time_ms, static_cast<std::int32_t>(c.fuel_kg * 1000.0)});
  ++c.next;
  if (k == 0 && c.last() > 0 && !cross_line(c)) return;
  if (c.last() > leader_pass_) {
    leader_pass_ = c.last();
    if (k > n_ / 2) control_.leader_halfway(c.time_ms);
  }
  hear_stewards(c);
  leave(c, k);
}

bool Field::cross_line(Runner& c) {
  if (c.last() - c.out->first_pass >= n_) end_lap(c);
  if (is_race() && c.last() > leader_pass_) {
    if (c.last() / n_ >= plan_.laps) {
      chequered_ = true;
      control_.say(c.time_ms, plan_.laps, Category::flag, Flag::chequered, Scope::track, 0, 0,
                   "CHEQUERED FLAG");
    } else {
      control_.leader_begins(lap_of(c), c.time_ms);
      const std::int64_t raced_ms = c.time_ms - control_.stopped_ms();
      if (input_.time_limit_ms > 0 && raced_ms >= input_.time_limit_ms) plan_.laps = lap_of(c);
    }
  }
  if (chequered_) {
    c.out->finished = true;
    c.moving = false;
    leader_pass_ = std::max(leader_pass_, c.last());
    return false;
  }
  begin_lap(c);
  return true;
}

void Field::leave(Runner& c, std::uint32_t k) {
  if (c.way == Way::pit && c.pit_piece == c.pit->piece_s.size()) {
    c.way = Way::line;
    c.pit = own_pit(c);
    c.queue = 0;
    c.out->stops.back().exit_pass = c.last() - c.out->first_pass;
    set_pace(c);
  }
  if (c.way == Way::grid && k == 0) c.way = Way::start;
  if (c.way == Way::line || c.way == Way::start) {
    if (c.way == Way::start && k + 1 >= input_.start_ways[c.slot].reach_s.size()) c.way = Way::line;
    if (meet_incident(c, k)) return;
    read_gap(c, k);
    choose_way(c, k);
  }
  if (c.way == Way::pit)
    drive_pit(c, k);
  else if (c.way == Way::grid)
    drive_grid(c, k);
  else
    drive_line(c, k);
}

/// Off the racing line, where it is time for that.
void Field::choose_way(Runner& c, std::uint32_t k) {
  if (c.way != Way::line) return;
  if (k == c.pit->entry && may_queue(c))
    enter_queue(c);
  else if (k == c.pit->entry && wants_pit(c))
    enter_pit(c);
  else if (control_.goes_on() && k == input_.grid_ways[0].entry) {
    c.way = Way::grid;
    c.pit_piece = 0;
  }
}

/// A lap that pass `first` began in the pit lane begins when the car leaves its box, or at the line behind
/// it.
std::int64_t Field::begin_from_box(const Runner& c, std::uint32_t first) const {
  const auto stop = std::find_if(c.out->stops.rbegin(), c.out->stops.rend(),
                                 [&](const PitStop& s) { return s.entry_pass <= first; });
  return std::max(c.out->passes[first].time_ms, stop->leave_ms);
}

void Field::end_lap(Runner& c) {
  const auto& p = c.out->passes;
  const std::uint32_t first = c.last() - n_ - c.out->first_pass;
  LapPlan lap{};
  lap.begin_ms = is_race() && first == 0 ? 0 : p[first].time_ms;
  lap.end_ms = c.time_ms;
  const std::int64_t s1 = p[first + input_.sector_ends[0]].time_ms;
  const std::int64_t s2 = p[first + input_.sector_ends[1]].time_ms;
  lap.sector_ms = {0, s2 - s1, lap.end_ms - s2};
  lap.compound = c.lap_compound;
  lap.tyre_age_laps = static_cast<std::uint16_t>(c.lap_age_laps);
  lap.stint = static_cast<std::uint16_t>(c.stint);
  lap.wear_begin_pct = static_cast<float>(c.lap_wear_pct);
  lap.wear_end_pct = static_cast<float>(c.wear_pct);
  const std::uint32_t number = lap_of(c) - 1;
  lap.pit_in = c.pit_lap == number;
  lap.pit_out = is_race() ? number > 1 && c.pit_lap + 1 == number : c.out_lap == number;
  lap.from_box = !is_race() && lap.pit_out;
  if (lap.from_box) lap.begin_ms = begin_from_box(c, first);
  lap.sector_ms[0] = s1 - lap.begin_ms;
  if (lap.pit_in && c.serviced) lap.stint = static_cast<std::uint16_t>(c.stint - 1);
  lap.neutral = c.neutral_lap;
  lap.is_valid = !breaks_limits(c, number);
  c.out->laps.push_back(lap);
  if (is_race() || !plan_.counts(lap) || c.kind > LapKind::run) return;
  std::int64_t& best_ms = c.out->part_best_ms[part_ - 1];
  const std::int64_t time_ms = lap.end_ms - lap.begin_ms;
  if (best_ms != 0 && time_ms >= best_ms) return;
  best_ms = time_ms;
  c.out->part_best_at_ms[part_ - 1] = lap.end_ms;
}

void Field::begin_lap(Runner& c) {
  const std::uint32_t lap = c.next == 0 ? 1 : lap_of(c);
  // Tyres fitted before the line are new in the lap that begins here.
  if (lap > 1) c.age_laps = c.way == Way::pit && c.serviced ? 0 : c.age_laps + 1;
  c.lap_compound = c.compound;
  c.lap_age_laps = c.age_laps;
  c.lap_wear_pct = c.wear_pct;
  c.neutral_lap = false;
  if (lap > 1 && c.way != Way::pit && c.way != Way::grid) c.cold = false;
  const Draws draws(input_.seed, "race.lap", c.entry->car);
  const double kick = draws.normal(lap) * kNoise_s * c.entry->noise;
  c.lap_noise_s = lap == 1 ? kick : kNoiseMemory * c.lap_noise_s + kNoiseKick * kick;
  if (!is_race()) take_kind(c);
  set_pace(c);
}

void Field::set_pace(Runner& c) {
  if (!is_race()) return set_session_pace(c);
  const double alone_s = kRacePace_s + c.pace_loss_s;
  const double tyres_s = tyre_loss_s(c.compound, c.age_laps, c.strategy.stress) + (c.cold ? kColdTyre_s : 0);
  const double saved_s = kSaving_s * 100 * (1 - fuel_share_);
  const double lost_s = alone_s + tyres_s + kFuel_spkg * c.fuel_kg + saved_s + c.lap_noise_s;
  c.target_s = c.times->lap_s({}) + lap_scale_ * lost_s;
  c.bucket = c.times->choose(c.fuel_kg, c.target_s, kRaceReserve);
  c.clear = std::max(1.0, c.target_s / c.times->lap_s(c.bucket));
}

void Field::read_gap(Runner& c, std::uint32_t k) {
  if (!is_race()) return;
  const double gap_s = static_cast<double>(c.time_ms - last_pass_ms_[k]) / 1000.0;
  last_pass_ms_[k] = c.time_ms;
  foresee_gap(c, k, gap_s);
}

void Field::foresee_gap(Runner& c, std::uint32_t k, double gap_s) const {
  for (std::size_t z = 0; z < input_.drs_zones.size(); ++z) {
    if (input_.drs_zones[z].detection != k) continue;
    const std::uint32_t bit = 1U << z;
    c.drs_zones = gap_s < kDrsGap_s && control_.drs_allowed() ? c.drs_zones | bit : c.drs_zones & ~bit;
  }
}

void Field::burn(Runner& c, double share) {
  // Behind the safety car an engine idles along: a quarter, half under the virtual one.
  const double thrift = c.ratio < 1.15 ? 1 : c.ratio < 1.48 ? 0.5 : 0.25;
  c.fuel_kg -= input_.fuel_per_lap_kg * fuel_share_ * share * thrift;
  const TyreModel& tyre = tyre_model(c.compound);
  // A tyre that is worn out stays so: who runs far longer than its life has nothing left to lose.
  c.wear_pct = std::min(
      100.0, c.wear_pct + 80.0 / tyre.life_laps * c.strategy.stress * share * (thrift < 1 ? 0.4 : 1));
}

void Field::settle(Runner& c, std::uint32_t k, std::int64_t to_ms, const Piece& piece) {
  const std::uint32_t to = (k + 1) % n_;
  // No two cars share a millisecond at a checkpoint.
  for (bool taken = true; taken;) {
    taken = std::any_of(cars_.begin(), cars_.end(), [&](const Runner& o) {
      return o.index != c.index && o.moving && o.next % n_ == to && o.time_ms == to_ms;
    });
    if (taken) ++to_ms;
  }
  c.out->pieces.push_back(piece);
  if (piece.way != Way::pit) settled_[to].push_back({c.time_ms, to_ms, c.index});
  burn(c, c.times->table().at({}, k) / c.times->lap_s({}));
  c.time_ms = to_ms;
}

RacePlan plan_session(const PlanInput& input) {
  return Field(input).run();
}

}  // namespace racesim::race
