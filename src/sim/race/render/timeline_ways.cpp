// Ways off the racing line: from the grid, through the pit lane, behind the flag, and to a halt.
#include <algorithm>

#include "base/check.h"
#include "sim/race/render/timeline_steps.h"

namespace racesim::race {
namespace {

// A stricken car: little power, soft braking; harder where it has to slow by more than that gives on average.
// It takes as much road as this braking needs.
constexpr double kStrickenPower = 0.1;
constexpr double kStrickenBraking = 0.35;
constexpr double kStrickenBraking_mps2 = 9, kStrickenMost_mps2 = 14;
// Before the lights go out: how long the revs are held, and the pedal that holds them.
constexpr std::int64_t kReady_ms = 2'400, kReadyMost_ms = 4'500;
constexpr std::uint8_t kReadyThrottle_pct = 30;
// From this ratio of the start's time on wheels spin; all of kSpinRange more: at that many revs above.
constexpr double kSpinFrom = 1.01, kSpinRange = 0.06, kSpin_rpm = 1'600;

int gear_at(const BakedDrive& baked, std::size_t place) {
  return baked.drive.samples[static_cast<std::size_t>(baked.marks.tau_s[place] / kTemplateStep_s)].gear;
}

}  // namespace

const PitStop* TimelineMaker::stop_of(std::size_t pass) const {
  for (const PitStop& stop : car_->stops)
    if (stop.entry_pass <= pass && (pass < stop.exit_pass || stop.exit_pass == 0)) return &stop;
  return nullptr;
}

/// Through the pit lane: to its box, or to the queue at the exit.
const PitDrive& TimelineMaker::way_of(const PitStop* stop) const {
  return stop != nullptr && stop->queue > 0 ? templates_.queue(stop->queue - 1U) : templates_.pit(box_);
}

/// The last one that begins at or before `pass`, else the first.
const Restart* TimelineMaker::restart_of(std::size_t pass) const {
  const Restart* found = nullptr;
  for (const Restart& restart : car_->restarts)
    if (found == nullptr || restart.pass <= pass) found = &restart;
  return found;
}

void TimelineMaker::wait_for_the_start() {
  // Other sessions begin with the car on its way to its box, off the air.
  at_ms_ = car_->passes.front().time_ms;
  if (plan_.kind != SessionKind::race) return;
  at_ms_ = -kGridWait_ms;
  const BakedDrive& start = templates_.start(car_->grid - 1U);
  wait_for_the_lights(0, 0, car_->go_ms, *start.path);
  const Spent rest = car_->pieces.empty() ? Spent{} : spent_between(start.marks, 1);
  drive(0, car_->passes.front().time_ms, CarStatus::on_track, start, 0, rest);
  made_.sketches.back().road = Road::launch;
  spin_wheels();
}

/// A start that took longer than the car needs spun its wheels: in the last piece.
void TimelineMaker::spin_wheels() {
  const double lost = planned_s(made_.segments.back()) / made_.sketches.back().tau_s - kSpinFrom;
  const double spin = std::clamp(lost / kSpinRange, 0.0, 1.0);
  made_.segments.back().spin_rpm = static_cast<std::uint16_t>(kSpin_rpm * spin);
}

/// On the grid until the car goes, for lights that go out at `out_ms`: first gear, the clutch drawn, high
/// revs.
void TimelineMaker::wait_for_the_lights(std::size_t pass, std::int64_t out_ms, std::int64_t go_ms,
                                        const PathGrid& path) {
  // Slow reactions are those of men who are ready early.
  const std::int64_t ready_ms = out_ms - std::min(kReady_ms + 4 * (go_ms - out_ms), kReadyMost_ms);
  stand(pass, ready_ms, CarStatus::grid, path, 0);
  stand(pass, go_ms, CarStatus::grid, path, 0);
  made_.segments.back().gear = 1;
  made_.segments.back().throttle_pct = kReadyThrottle_pct;
}

/// One piece of the pit way, the halt included. `end_ms`: of the piece.
void TimelineMaker::drive_pit(std::size_t pass, std::int64_t end_ms) {
  const PitStop* stop = stop_of(pass);
  const PitDrive& pit = way_of(stop);
  const std::uint32_t k = checkpoint_of(pass);
  const bool next_lap = k < templates_.pit_entry();
  const std::size_t index = k + (next_lap ? n_ : 0) - templates_.pit_entry();
  const std::size_t box_piece = pit.in.meets.size() - 2;
  const auto from_box = [&](std::size_t i) { return pit.out.meets[i - box_piece]; };
  const std::size_t first = made_.segments.size();
  if (index < box_piece) {
    drive_lane(pass, end_ms, pit.in, pit.in.meets[index], pit.in.meets[index + 1]);
  } else if (index > box_piece) {
    drive_lane(pass, end_ms, pit.out, from_box(index), from_box(index + 1));
  } else {
    RACESIM_CHECK(stop != nullptr);
    const Spent to_exit = spent_between(pit.out.marks, 0, pit.out.meets[1]);
    drive_lane(pass, stop->arrive_ms, pit.in, pit.in.meets[index], pit.in.meets[index + 1], to_exit);
    stand(pass, stop->leave_ms, CarStatus::pit, *pit.out.path, 0);
    // Outside of races cars are filled up in their boxes.
    const double wanted_g = pass + 1 < car_->passes.size() ? car_->passes[pass + 1].fuel_g : 0;
    if (wanted_g > fuel_g_) fuel_g_ = wanted_g + kRolling_gpkg * to_exit.fuel_kg;
    wear_pct_ = 0;
    age_laps_ = 0;
    tyre_ = stop->fitted;
    drive_lane(pass, end_ms, pit.out, 0, pit.out.meets[1]);
  }
  const double offset_m = next_lap ? -templates_.track().length_m : 0;
  for (std::size_t i = first; i < made_.segments.size(); ++i) made_.segments[i].s_offset_m = offset_m;
}

/// One piece of the way to a slot on the grid and from it to the line, behind a red flag.
void TimelineMaker::drive_grid(std::size_t pass, std::int64_t end_ms) {
  const Restart* restart = restart_of(pass);
  RACESIM_CHECK(restart != nullptr);
  const PitDrive& way = templates_.to_grid(restart->slot - 1U);
  const std::size_t index = checkpoint_of(pass) - templates_.grid_entry();
  const std::size_t slot_piece = way.in.l_m.size() - 2;
  if (index <= slot_piece) {
    const bool halts = index == slot_piece;
    drive(pass, halts ? restart->arrive_ms : end_ms, CarStatus::on_track, way.in, index,
          halts ? spent_between(way.out.marks, 0) : Spent{});
  }
  if (index < slot_piece) return;
  const std::size_t first = made_.segments.size();
  if (index == slot_piece) wait_for_the_lights(pass, restart->lights_ms, restart->go_ms, *way.out.path);
  drive(pass, end_ms, CarStatus::on_track, way.out, index - slot_piece);
  made_.sketches.back().road = Road::launch;
  if (index == slot_piece) spin_wheels();
  // A start's way counts from the line, which lies ahead.
  for (std::size_t i = first; i < made_.segments.size(); ++i)
    made_.segments[i].s_offset_m = templates_.track().length_m;
}

/// At the end of the last piece.
double TimelineMaker::end_speed_mps() const {
  const Sketch& last = made_.sketches.back();
  return last.end_mps * last.tau_s / planned_s(made_.segments.back());
}

/// Most of the way from `pass` to the next checkpoint, or farther on the same lap where that were too hard.
double TimelineMaker::room_to_halt_m(std::size_t pass) const {
  const std::vector<double>& l_m = templates_.lap(model_, kAnyBucket).l_m;
  const std::uint32_t k = checkpoint_of(pass);
  const double speed_mps = end_speed_mps();
  const double needed_m = speed_mps * speed_mps / (2 * kStrickenMost_mps2);
  return std::clamp(needed_m, 0.9 * (l_m[k + 1] - l_m[k]), 0.9 * (l_m[n_] - l_m[k]));
}

/// Rolls to a stop.
void TimelineMaker::roll_to_a_halt(std::size_t pass, CarStatus status) {
  const double speed_mps = end_speed_mps();
  const BakedDrive& lap = templates_.lap(model_, kAnyBucket);
  const std::uint32_t k = checkpoint_of(pass);
  const double begin_m = lap.l_m[k], room_m = room_to_halt_m(pass);
  const Path& line = templates_.line();
  const auto from = static_cast<std::size_t>(begin_m / line.step_m);
  const auto cells =
      std::min(static_cast<std::size_t>(room_m / line.step_m), static_cast<std::size_t>(60 + 5 * speed_mps));
  const Path way = cut_path(line, from, std::min(from + cells, line.cells()));
  Conditions conditions;
  conditions.fuel_kg = fuel_g_ / 1000;
  conditions.air_kgpm3 = air_of(templates_.track());
  Drive wish;
  wish.begin_speed_mps = speed_mps;
  wish.begin_gear = gear_at(lap, k);
  wish.end_speed_mps = 0;
  wish.power = kStrickenPower;
  const double needed_mps2 = speed_mps * speed_mps / (2 * room_m);
  wish.braking = std::clamp(kStrickenBraking * needed_mps2 / kStrickenBraking_mps2, kStrickenBraking, 1.0);
  wish.lap_work_m2ps3 = lap.drive.work_m2ps3;
  halts_.paths.emplace_back(way);
  const auto beside = templates_.line_grid().asides.begin() + static_cast<std::ptrdiff_t>(from);
  halts_.paths.back().asides.assign(beside, beside + static_cast<std::ptrdiff_t>(way.s_m.size()));
  BakedDrive& halt = halts_.drives.emplace_back();
  halt.path = &halts_.paths.back();
  halt.drive = bake(way, templates_.model(model_), conditions, wish);
  // The path begins on the grid.
  halt.l_m = {begin_m - static_cast<double>(from) * line.step_m, way.length_m()};
  read_marks(halt);
  const auto roll_ms = static_cast<std::int64_t>((halt.marks.tau_s[1] - halt.marks.tau_s[0]) * 1000 + 0.5);
  drive(pass, at_ms_ + roll_ms, status, halt, 0);
  made_.sketches.back().road = Road::halt;
}

/// On from the chequered flag, a lap at an easy pace, and through the pit lane to a place in parc fermé.
void TimelineMaker::cool_down(const CoolDown& way) {
  std::size_t pass = car_->passes.size() - 1;
  const BakedDrive& lane = templates_.park(way.place);
  std::size_t next = 0;
  const bool in_lane = way.lane_from > 0;
  for (std::uint32_t k = 0; !in_lane && k < templates_.pit_entry(); ++k)
    drive_lap(pass++, way.pass_ms[next++], CarStatus::finished, kAnyBucket, k);
  for (std::size_t meet = way.lane_from; meet + 1 < lane.meets.size(); ++meet) {
    const std::size_t first = made_.segments.size();
    drive_lane(pass, way.pass_ms[next++], lane, lane.meets[meet], lane.meets[meet + 1]);
    const bool next_lap = checkpoint_of(pass++) < templates_.pit_entry();
    for (std::size_t i = first; i < made_.segments.size(); ++i) {
      made_.segments[i].status = CarStatus::finished;
      made_.segments[i].s_offset_m = next_lap ? -templates_.track().length_m : 0;
    }
  }
}

/// At the side of the track, or in the box.
void TimelineMaker::retire() {
  const Retirement& r = car_->retirement;
  if (made_.sketches.empty() || !made_.sketches.back().drives) return;
  const std::size_t last = car_->passes.size() - 1;
  if (!r.in_pit) {
    roll_to_a_halt(last, CarStatus::out);
    return;
  }
  const PitDrive& pit = way_of(stop_of(last));
  const std::size_t first = made_.segments.size();
  drive_lane(last, r.halt_ms, pit.in, pit.in.meets[pit.in.meets.size() - 2], pit.in.meets.back());
  if (checkpoint_of(last) >= templates_.pit_entry()) return;
  for (std::size_t i = first; i < made_.segments.size(); ++i)
    made_.segments[i].s_offset_m = -templates_.track().length_m;
}

}  // namespace racesim::race
