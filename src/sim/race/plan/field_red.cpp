// A race that is stopped: cars come slowly into the pit lane and stand in a queue at its exit, on new tyres,
// until they follow the safety car to the grid and start once more; or not at all.
//
// A car turns in once all that are ahead of it in the race have. So the leader is the first in the queue,
// and lapped cars that are among the others on the road drive on for a lap, which they get back.
#include <algorithm>

#include "base/check.h"
#include "sim/race/plan/field.h"

namespace racesim::race {
namespace {

constexpr std::int64_t kLeaveGap_ms = 2'500;   ///< between cars that leave the queue
constexpr std::int64_t kCloseUp_ms = 500;      ///< between halts in the queue
constexpr std::int64_t kPrepare_ms = 180'000;  ///< from the last car's arrival to the exit's opening
constexpr std::int64_t kNotice_ms = 120'000;   ///< teams are told so long before
constexpr std::int64_t kLights_ms = 10'000;    ///< from the last car on the grid to the lights
constexpr std::int64_t kVerdict_ms = 300'000;  ///< until race control gives the race up
constexpr double kLiftStep = 1.13;
constexpr double kGridRatio = 1.6;

}  // namespace

bool Field::may_queue(const Runner& c) const {
  if (control_.field_flag() != Flag::red || control_.goes_on() || c.limping) return false;
  return std::none_of(cars_.begin(), cars_.end(), [&](const Runner& o) {
    return o.index != c.index && o.moving && !o.limping && o.queue == 0 && o.next >= c.next;
  });
}

void Field::enter_queue(Runner& c) {
  enter_pit(c);
  queue_.push_back(c.index);
  c.queue = static_cast<std::uint16_t>(queue_.size());
  c.pit = &input_.queue_ways[c.queue - 1u];
  c.out->stops.back().queue = c.queue;
}

std::int64_t Field::queue_closed_ms(const Runner& c) const {
  if (c.queue < 2) return 0;
  const Runner& front = cars_[queue_[c.queue - 2u]];
  if (front.waits) return front.arrive_ms + kCloseUp_ms;
  // As many pieces behind the entry as this car will be.
  const std::uint32_t there = front.out->stops.back().entry_pass + c.next - c.out->stops.back().entry_pass;
  if (!front.moving || there > front.next) return 0;
  return (there == front.next ? front.time_ms : front.out->passes[there].time_ms) + kCloseUp_ms;
}

/// Stands until all go on.
void Field::wait(Runner& c, std::int64_t arrive_ms, double rest_s) {
  c.arrive_ms = arrive_ms;
  c.box_rest_s = rest_s;
  c.moving = false;
  c.waits = true;
  if (c.way != Way::pit) return;
  c.out->stops.back().arrive_ms = arrive_ms;
  c.damage = Damage::none;
  change_tyres(c);
}

bool Field::end_wait() {
  std::vector<Runner*> waiting;
  for (const std::uint32_t i : queue_)
    if (cars_[i].waits) waiting.push_back(&cars_[i]);
  if (waiting.empty()) return false;
  std::int64_t arrived_ms = 0;
  for (const Runner* c : waiting) arrived_ms = std::max(arrived_ms, c->arrive_ms);
  if (waiting.front()->way == Way::grid)
    start_again(waiting, arrived_ms);
  else if (control_.gives_up())
    give_up(waiting, arrived_ms);
  else
    open_exit(waiting, arrived_ms);
  return true;
}

void Field::open_exit(const std::vector<Runner*>& waiting, std::int64_t arrived_ms) {
  const std::int64_t open_ms = std::max(control_.resume_ms(), arrived_ms + kPrepare_ms);
  control_.go_on(open_ms - kNotice_ms, open_ms);
  std::int64_t leave_ms = open_ms;
  std::uint32_t slot = 0;
  for (Runner* c : waiting) {
    c->slot = slot++;
    c->out->stops.back().leave_ms = leave_ms;
    set_off(*c, Way::pit, kQueueOut, leave_ms + static_cast<std::int64_t>(c->box_rest_s * 1000 + 0.5));
    leave_ms += kLeaveGap_ms;
  }
}

void Field::set_off(Runner& c, Way way, double ratio, std::int64_t to_ms) {
  Piece piece;
  piece.way = way;
  piece.ramp = way == Way::pit;
  piece.ratio = static_cast<float>(ratio);
  c.ratio = ratio;
  c.ramp = piece.ramp;
  c.moving = true;
  c.waits = false;
  ++c.pit_piece;
  settle(c, c.last() % n_, to_ms, piece);
}

/// On the way to the slot, and from it to the line.
void Field::drive_grid(Runner& c, std::uint32_t k) {
  const PitWay& grid = input_.grid_ways[c.slot];
  const double fast_s = grid.piece_s[c.pit_piece];
  const bool behind_slot = c.pit_piece <= grid.box_piece;
  const double ratio = behind_slot ? std::max(kGridRatio, c.ratio / kLiftStep) : c.launch;
  if (c.pit_piece == grid.box_piece) {
    c.out->restarts.push_back(
        {c.last() - c.out->first_pass, static_cast<std::uint16_t>(c.slot + 1), 0, 0, 0});
    c.out->restarts.back().arrive_ms =
        c.time_ms + static_cast<std::int64_t>(ratio * grid.to_box_s * 1000 + 0.5);
    wait(c, c.out->restarts.back().arrive_ms, fast_s - grid.to_box_s);
    return;
  }
  Piece piece;
  piece.way = Way::grid;
  piece.ramp = behind_slot;
  piece.ratio = static_cast<float>(ratio);
  c.ratio = ratio;
  c.ramp = piece.ramp;
  ++c.pit_piece;
  settle(c, k, c.time_ms + static_cast<std::int64_t>(ratio * fast_s * 1000 + 0.5), piece);
}

void Field::start_again(const std::vector<Runner*>& waiting, std::int64_t arrived_ms) {
  const std::int64_t lights_ms = arrived_ms + kLights_ms;
  control_.restart(lights_ms);
  std::int64_t before_ms = 0;
  for (Runner* c : waiting) {
    const Launch launch = draw_launch(input_, c->index, static_cast<std::uint32_t>(c->out->restarts.size()));
    c->launch = launch.ratio;
    c->cold = true;
    c->out->restarts.back().lights_ms = lights_ms;
    c->out->restarts.back().go_ms = lights_ms + launch.react_ms;
    const std::int64_t to_ms = lights_ms + launch.react_ms + launch.spin_ms +
                               static_cast<std::int64_t>(c->box_rest_s * launch.ratio * 1000 + 0.5);
    before_ms = std::max(to_ms, before_ms + 10);
    c->start_pass = (c->last() / n_ + 1) * n_;
    set_off(*c, Way::grid, launch.ratio, before_ms);
  }
}

/// The result is the order at the end of the lap before the one in which the race was stopped.
void Field::give_up(const std::vector<Runner*>& waiting, std::int64_t arrived_ms) {
  const std::int64_t over_ms = arrived_ms + kVerdict_ms;
  control_.end_race(over_ms);
  chequered_ = true;
  plan_.end_ms = std::max(plan_.end_ms, over_ms);
  plan_.counted_laps = control_.stopped_in_lap() - 1;
  const std::size_t end = static_cast<std::size_t>(plan_.counted_laps) * n_;
  std::int64_t flag_ms = INT64_MAX;
  for (const Runner& c : cars_)
    if (c.out->passes.size() > end) flag_ms = std::min(flag_ms, c.out->passes[end].time_ms);
  for (Runner* c : waiting) {
    c->waits = false;
    CarPlan& car = *c->out;
    car.finished = true;
    car.retirement.in_pit = true;
    car.retirement.last_pass = c->last();
    car.retirement.halt_ms = car.stops.back().arrive_ms;
    car.stops.back().leave_ms = car.retirement.halt_ms;
    car.stops.back().exit_pass = 0;
    // As if the flag had fallen then: the first line from that moment on, or the last that there was.
    std::size_t line = 0;
    while (car.passes[line].time_ms < flag_ms && line + n_ < car.passes.size()) line += n_;
    car.counted_passes = static_cast<std::uint32_t>(line + 1);
  }
}

}  // namespace racesim::race
