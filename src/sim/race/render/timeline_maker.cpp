#include "sim/race/render/timeline_maker.h"

#include <algorithm>

#include "base/check.h"

namespace racesim::race {
namespace {

// A stricken car: little power, soft braking; harder where it would have to slow by more than this on
// average.
constexpr double kStrickenPower = 0.1;
constexpr double kStrickenBraking = 0.35;
constexpr double kStrickenBraking_mps2 = 14;
// A lap for what needs no conditions of its own.
constexpr Bucket kAnyBucket{0, 2, false};
// Behind the flag, and rolling to a halt, an engine takes a quarter of what the template burns.
constexpr double kRolling_gpkg = 250;
// A piece that is mostly braked may burn less than planned; the pieces behind it make up for that, this much
// richer than the template.
constexpr double kMostFlow_gpkg = 1100;
constexpr double kStill_mps = 0.5;
constexpr double kMostOfTemplate = 1.01;
// Before the lights go out: how long the revs are held, and the pedal that holds them.
constexpr std::int64_t kReady_ms = 2'400, kReadyMost_ms = 4'500;
constexpr std::uint8_t kReadyThrottle_pct = 30;
// From this ratio of the start's time on wheels spin; all of kSpinRange more: at that many revs above.
constexpr double kSpinFrom = 1.01, kSpinRange = 0.06, kSpin_rpm = 1'600;

int gear_at(const BakedDrive& baked, std::size_t place) {
  return baked.drive.samples[static_cast<std::size_t>(baked.marks.tau_s[place] / kTemplateStep_s)].gear;
}

/// Goes along the plan of one car, pass by pass, and appends segments.
class TimelineMaker {
 public:
  TimelineMaker(const RacePlan& plan, const PlanInput& input, const Templates& templates, Halts& halts)
      : plan_(plan), input_(input), templates_(templates), halts_(halts), n_(plan.checkpoints) {}

  CarTimeline make(const CarPlan& car, const CoolDown& way);

 private:
  std::uint32_t lap_of(std::size_t pass) const { return plan_.lap_of(*car_, pass); }
  std::uint32_t checkpoint_of(std::size_t pass) const { return plan_.checkpoint_of(*car_, pass); }
  std::uint8_t sector_of(std::uint32_t checkpoint) const {
    return static_cast<std::uint8_t>(1 + (checkpoint >= input_.sector_ends[0]) +
                                     (checkpoint >= input_.sector_ends[1]));
  }

  Segment& add(std::size_t pass, std::int64_t end_ms, CarStatus status);
  void drive(std::size_t pass, std::int64_t end_ms, CarStatus status, const BakedDrive& baked,
             std::size_t from, Spent rest = {});
  void drive_lap(std::size_t pass, std::int64_t end_ms, CarStatus status, Bucket bucket, std::size_t from);
  void drive_lane(std::size_t pass, std::int64_t end_ms, const BakedDrive& half, std::size_t from,
                  std::size_t to, Spent rest = {});
  Sketch& sketch(std::size_t pass, std::int64_t end_ms, CarStatus status, const Marks& marks,
                 std::size_t from, Spent rest);
  void stand(std::size_t pass, std::int64_t end_ms, CarStatus status, const PathGrid& path, double l_m);
  void wait_for_the_start();
  void spin_wheels();
  void wait_for_the_lights(std::size_t pass, std::int64_t out_ms, std::int64_t go_ms, const PathGrid& path);
  void drive_pit(std::size_t pass, std::int64_t end_ms);
  void drive_grid(std::size_t pass, std::int64_t end_ms);
  double end_speed_mps() const;
  double room_to_halt_m(std::size_t pass) const;
  void roll_to_a_halt(std::size_t pass, CarStatus status);
  void retire();
  void cool_down(const CoolDown& way);
  void smooth_pace();
  const PitStop* stop_of(std::size_t pass) const;
  const PitDrive& way_of(const PitStop* stop) const;
  const Restart* restart_of(std::size_t pass) const;
  double wear_at(std::size_t pass) const;

  const RacePlan& plan_;
  const PlanInput& input_;
  const Templates& templates_;
  Halts& halts_;
  const std::uint32_t n_;

  const CarPlan* car_ = nullptr;
  std::uint32_t model_ = 0;
  std::uint32_t box_ = 0;
  std::int64_t at_ms_ = 0;  ///< end of what is made so far
  double fuel_g_ = 0;
  double wear_pct_ = 0;
  std::uint16_t age_laps_ = 0;
  Compound tyre_ = Compound::medium;
  CarTimeline made_;
};

/// Appends a segment at the place of pass `pass` in the order of laps.
Segment& TimelineMaker::add(std::size_t pass, std::int64_t end_ms, CarStatus status) {
  Segment s{};
  s.begin_ms = at_ms_;
  s.end_ms = end_ms;
  s.fuel_begin_g = fuel_g_;
  s.wear_begin_pct = wear_pct_;
  s.lap = static_cast<std::uint16_t>(lap_of(pass));
  s.sector = sector_of(checkpoint_of(pass));
  s.tyre_age_laps = static_cast<std::uint8_t>(age_laps_);
  s.tyre = tyre_;
  s.status = status;
  at_ms_ = end_ms;
  made_.segments.push_back(s);
  Sketch& sketch = made_.sketches.emplace_back();
  sketch.checkpoint = checkpoint_of(pass);
  sketch.fuel_end_g = fuel_g_;
  sketch.wear_end_pct = wear_pct_;
  return made_.segments.back();
}

/// Drives from the place `from` of `marks` to the next one. `rest`: what is spent between there and pass + 1,
/// if that is not the same place.
Sketch& TimelineMaker::sketch(std::size_t pass, std::int64_t end_ms, CarStatus status, const Marks& marks,
                              std::size_t from, Spent rest) {
  add(pass, end_ms, status);
  Sketch& s = made_.sketches.back();
  s.drives = true;
  s.from = static_cast<std::uint32_t>(from);
  s.tau_s = marks.tau_s[from + 1] - marks.tau_s[from];
  s.begin_mps = marks.speed_mps[from];
  s.end_mps = marks.speed_mps[from + 1];
  const Spent piece = spent_between(marks, from);
  const bool planned = pass + 1 < car_->passes.size();
  const double burnt_kg = piece.fuel_kg + rest.fuel_kg;
  double left_g = std::max(0.0, fuel_g_ - kRolling_gpkg * burnt_kg);
  if (planned && car_->passes[pass + 1].fuel_g <= fuel_g_) left_g = car_->passes[pass + 1].fuel_g;
  if (burnt_kg > 0) fuel_g_ -= std::min((fuel_g_ - left_g) / burnt_kg, kMostFlow_gpkg) * piece.fuel_kg;
  const double worn = piece.wear + rest.wear;
  const double wear_after_pct = planned ? std::max(wear_pct_, wear_at(pass + 1)) : wear_pct_;
  if (worn > 0) wear_pct_ += (wear_after_pct - wear_pct_) / worn * piece.wear;
  s.fuel_end_g = fuel_g_;
  s.wear_end_pct = wear_pct_;
  return s;
}

void TimelineMaker::drive(std::size_t pass, std::int64_t end_ms, CarStatus status, const BakedDrive& baked,
                          std::size_t from, Spent rest) {
  sketch(pass, end_ms, status, baked.marks, from, rest).baked = &baked;
}

void TimelineMaker::drive_lap(std::size_t pass, std::int64_t end_ms, CarStatus status, Bucket bucket,
                              std::size_t from) {
  Sketch& s = sketch(pass, end_ms, status, templates_.marks(model_, bucket), from, {});
  s.model = model_;
  s.bucket = bucket;
  s.road = Road::piece;
  made_.segments.back().drs = bucket.drs;
}

/// On a half of the pit way, from the place `from` to the place `to`: a segment on each side of the line
/// where the speed limit begins or ends, all at one pace.
void TimelineMaker::drive_lane(std::size_t pass, std::int64_t end_ms, const BakedDrive& half,
                               std::size_t from, std::size_t to, Spent rest) {
  const std::vector<double>& tau_s = half.marks.tau_s;
  for (std::size_t at = from; at < to; ++at) {
    const bool limited = at >= half.limit_from && at < half.limit_to;
    const Spent behind = spent_between(half.marks, at + 1, to);
    const double share = (tau_s[at + 1] - tau_s[at]) / (tau_s[to] - tau_s[at]);
    const auto took_ms = static_cast<std::int64_t>(static_cast<double>(end_ms - at_ms_) * share + 0.5);
    drive(pass, at + 1 == to ? end_ms : at_ms_ + took_ms, limited ? CarStatus::pit : CarStatus::on_track,
          half, at, {behind.fuel_kg + rest.fuel_kg, behind.wear + rest.wear});
    made_.sketches.back().limited = limited;
  }
}

void TimelineMaker::stand(std::size_t pass, std::int64_t end_ms, CarStatus status, const PathGrid& path,
                          double l_m) {
  Segment& s = add(pass, end_ms, status);
  s.path = &path;
  s.l_m = l_m;
}

/// Wear of the tyres in use at a pass, as the lap that leads to it has it.
double TimelineMaker::wear_at(std::size_t pass) const {
  const std::uint32_t lap = lap_of(pass - 1);
  if (lap == 0 || lap > car_->laps.size()) return wear_pct_;
  const LapPlan& l = car_->laps[lap - 1];
  const double share = (checkpoint_of(pass - 1) + 1.0) / n_;
  const double begin_pct = static_cast<double>(l.wear_begin_pct);
  return begin_pct + share * (static_cast<double>(l.wear_end_pct) - begin_pct);
}

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

/// Most of the way from `pass` to the next checkpoint.
double TimelineMaker::room_to_halt_m(std::size_t pass) const {
  const std::vector<double>& l_m = templates_.lap(model_, kAnyBucket).l_m;
  const std::uint32_t k = checkpoint_of(pass);
  return 0.9 * (l_m[k + 1] - l_m[k]);
}

/// Rolls to a stop before the next checkpoint.
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

/// Joins the paces of neighbours: at a seam both show one speed, the mean of what each would, and none more
/// than its template can. Where the pit lane's limit holds, it is the higher one, and at its lines that of
/// the limited side: then no pace between is above the planned ones, which keep the limit.
void TimelineMaker::smooth_pace() {
  std::vector<Sketch>& all = made_.sketches;
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    Sketch &a = all[i], &b = all[i + 1];
    if (!a.drives || !b.drives) continue;
    const double a_mps = a.end_mps * a.tau_s / planned_s(made_.segments[i]);
    const double b_mps = b.begin_mps * b.tau_s / planned_s(made_.segments[i + 1]);
    double mps = std::min((a_mps + b_mps) / 2, kMostOfTemplate * std::min(a.end_mps, b.begin_mps));
    if (a.limited || b.limited) mps = !b.limited ? a_mps : !a.limited ? b_mps : std::max(a_mps, b_mps);
    if (mps >= kStill_mps) a.agreed_end_mps = b.agreed_begin_mps = mps;
  }
}

CarTimeline TimelineMaker::make(const CarPlan& car, const CoolDown& way) {
  made_ = CarTimeline{};
  car_ = &car;
  const Entry& entry = input_.entries[car.entry];
  model_ = entry.model;
  box_ = entry.team;
  if (car.passes.empty()) return std::move(made_);
  fuel_g_ = car.passes.front().fuel_g;
  tyre_ = car.start_compound;
  wait_for_the_start();
  for (std::size_t pass = 0; pass < car.pieces.size(); ++pass) {
    const std::uint32_t lap = lap_of(pass);
    if (checkpoint_of(pass) == 0 && lap <= car.laps.size() && car.pieces[pass].way != Way::pit) {
      tyre_ = car.laps[lap - 1].compound;
      age_laps_ = car.laps[lap - 1].tyre_age_laps;
      if (pass > 0) wear_pct_ = static_cast<double>(car.laps[lap - 1].wear_begin_pct);
    }
    const std::int64_t end_ms = car.passes[pass + 1].time_ms;
    switch (car.pieces[pass].way) {
      case Way::start:
        drive(pass, end_ms, CarStatus::on_track,
              templates_.start((lap > 1 ? restart_of(pass)->slot : car.grid) - 1U), checkpoint_of(pass) + 1);
        made_.sketches.back().road = Road::piece;
        break;
      case Way::grid:
        drive_grid(pass, end_ms);
        break;
      case Way::line:
        drive_lap(pass, end_ms, CarStatus::on_track, car.pieces[pass].bucket, checkpoint_of(pass));
        break;
      case Way::pit:
        drive_pit(pass, end_ms);
        break;
    }
  }
  if (car.retirement.cause != Cause::none || car.retirement.in_pit)
    retire();
  else if (car.finished)
    cool_down(way);
  smooth_pace();
  return std::move(made_);
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

}  // namespace

CarTimeline make_timeline(const CarPlan& car, const CoolDown& way, const RacePlan& plan,
                          const PlanInput& input, const Templates& templates, Halts& halts) {
  return TimelineMaker(plan, input, templates, halts).make(car, way);
}

}  // namespace racesim::race
