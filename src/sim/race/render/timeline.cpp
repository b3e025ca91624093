#include "sim/race/render/timeline.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace racesim::race {

namespace {

// After the flag the pace falls over the next pieces; then the car halts.
constexpr std::array kCoolDown{1.08, 1.2, 1.34, 1.4};
// A stricken car: little power, soft braking.
constexpr double kStrickenPower = 0.1;
constexpr double kStrickenBraking = 0.35;
// Until so long after the last car has come to a halt all cars stay on the air, as real feeds do.
constexpr std::int64_t kClosing_ms = 10'000;
// A lap for what needs no conditions of its own.
constexpr Bucket kAnyBucket{0, 2, false};
// Behind the flag, and rolling to a halt, an engine takes a quarter of what the template burns.
constexpr double kRolling_gpkg = 250;
// A piece that is mostly braked may burn less than planned; the pieces behind it make up for that, this much
// richer than the template.
constexpr double kMostFlow_gpkg = 1100;
constexpr double kStill_mps = 0.5;
constexpr double kMostOfTemplate = 1.01;

/// Fuel and wear of a template at a moment.
struct Spent {
  double fuel_kg;
  double wear;
};
Spent spent_at(const Template& drive, double tau_s) {
  const double at = tau_s / kTemplateStep_s;
  const auto i = std::min(static_cast<std::size_t>(at), drive.samples.size() - 2);
  const double share = at - static_cast<double>(i);
  const Template::Sample &p = drive.samples[i], &q = drive.samples[i + 1];
  const auto between = [&](float a, float b) {
    return static_cast<double>(a) + share * (static_cast<double>(b) - static_cast<double>(a));
  };
  return {between(p.fuel_kg, q.fuel_kg), between(p.wear, q.wear)};
}

/// From the drive's place `from` to the next one.
Spent spent_between(const Drawn& drawn, std::size_t from) {
  const Spent before = spent_at(drawn.drive, drawn.tau_s[from]);
  const Spent after = spent_at(drawn.drive, drawn.tau_s[from + 1]);
  return {after.fuel_kg - before.fuel_kg, after.wear - before.wear};
}

double speed_at_time(const Template& drive, double tau_s) {
  const double at = tau_s / kTemplateStep_s;
  const auto i = std::min(static_cast<std::size_t>(at), drive.samples.size() - 2);
  const double v0 = static_cast<double>(drive.samples[i].v_mps);
  return v0 + (at - static_cast<double>(i)) * (static_cast<double>(drive.samples[i + 1].v_mps) - v0);
}

int gear_at_time(const Template& drive, double tau_s) {
  return drive.samples[std::min(static_cast<std::size_t>(tau_s / kTemplateStep_s), drive.samples.size() - 1)]
      .gear;
}

}  // namespace

/// Makes the timeline of one car.
class TimelineMaker {
 public:
  TimelineMaker(const RacePlan& plan, const PlanInput& input, const Templates& templates, Timelines& out)
      : plan_(plan), input_(input), templates_(templates), out_(out), n_(plan.checkpoints) {}

  CarTimeline make(const CarPlan& car);

 private:
  std::uint32_t lap_of(std::size_t pass) const { return plan_.lap_of(*car_, pass); }
  std::uint32_t checkpoint_of(std::size_t pass) const { return plan_.checkpoint_of(*car_, pass); }
  std::uint8_t sector_of(std::uint32_t checkpoint) const {
    return static_cast<std::uint8_t>(1 + (checkpoint >= input_.sector_ends[0]) +
                                     (checkpoint >= input_.sector_ends[1]));
  }

  Segment& add(std::size_t pass, std::int64_t end_ms, CarStatus status);
  void drive(std::size_t pass, std::int64_t end_ms, CarStatus status, const Drawn& drawn, std::size_t from,
             Spent rest = {});
  void stand(std::size_t pass, std::int64_t end_ms, CarStatus status, const PathGrid& path, double l_m);
  void wait_for_the_start();
  void drive_line(std::size_t pass);
  void drive_pit(std::size_t pass, std::int64_t end_ms);
  void roll_to_a_halt(std::size_t pass, CarStatus status);
  void retire();
  void cool_down();
  void smooth_pace();
  const PitStop* stop_of(std::size_t pass) const;
  double wear_at(std::size_t pass) const;

  const RacePlan& plan_;
  const PlanInput& input_;
  const Templates& templates_;
  Timelines& out_;
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
  const Pass& at = car_->passes[std::min(pass, car_->passes.size() - 1)];
  Segment s{};
  s.begin_ms = at_ms_;
  s.end_ms = end_ms;
  s.fuel_begin_g = fuel_g_;
  s.wear_begin_pct = wear_pct_;
  s.gap_ms = static_cast<std::int32_t>(at.gap_ms);
  s.lap = static_cast<std::uint16_t>(lap_of(pass));
  s.position = static_cast<std::uint8_t>(at.position);
  s.sector = sector_of(checkpoint_of(pass));
  s.tyre_age_laps = static_cast<std::uint8_t>(age_laps_);
  s.tyre = tyre_;
  s.status = status;
  at_ms_ = end_ms;
  made_.segments.push_back(s);
  return made_.segments.back();
}

/// Drives `drawn` from its place `from` to the next one. A pace that is not known yet is set by
/// smooth_pace(). `rest`: what the templates spend between there and pass + 1, if that is not the same place.
void TimelineMaker::drive(std::size_t pass, std::int64_t end_ms, CarStatus status, const Drawn& drawn,
                          std::size_t from, Spent rest) {
  Segment& s = add(pass, end_ms, status);
  s.drive = &drawn.drive;
  s.path = drawn.path;
  s.tau_begin_s = drawn.tau_s[from];
  s.tau_s = drawn.tau_s[from + 1] - drawn.tau_s[from];
  const Spent before = spent_at(drawn.drive, drawn.tau_s[from]);
  const Spent piece = spent_between(drawn, from);
  const bool planned = pass + 1 < car_->passes.size();
  const double burnt_kg = piece.fuel_kg + rest.fuel_kg;
  double left_g = std::max(0.0, fuel_g_ - kRolling_gpkg * burnt_kg);
  if (planned && car_->passes[pass + 1].fuel_g <= fuel_g_) left_g = car_->passes[pass + 1].fuel_g;
  s.fuel_per_kg_g = burnt_kg > 0 ? std::min((fuel_g_ - left_g) / burnt_kg, kMostFlow_gpkg) : 0;
  s.fuel_begin_g = fuel_g_ + s.fuel_per_kg_g * before.fuel_kg;
  fuel_g_ -= s.fuel_per_kg_g * piece.fuel_kg;
  const double worn = piece.wear + rest.wear;
  const double wear_after_pct = planned ? std::max(wear_pct_, wear_at(pass + 1)) : wear_pct_;
  const double per = worn > 0 ? (wear_after_pct - wear_pct_) / worn : 0;
  s.wear_per_pct = per;
  s.wear_begin_pct = wear_pct_ - per * before.wear;
  wear_pct_ += per * piece.wear;
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

void TimelineMaker::wait_for_the_start() {
  // Other sessions begin with the car on its way to its box, off the air.
  at_ms_ = car_->passes.front().time_ms;
  if (plan_.kind != SessionKind::race) return;
  at_ms_ = -kGridWait_ms;
  const Drawn& start = templates_.start(car_->grid - 1U);
  stand(0, car_->go_ms, CarStatus::grid, *start.path, 0);
  const Spent rest = car_->pieces.empty() ? Spent{} : spent_between(start, 1);
  drive(0, car_->passes.front().time_ms, CarStatus::on_track, start, 0, rest);
}

void TimelineMaker::drive_line(std::size_t pass) {
  const Piece& piece = car_->pieces[pass];
  drive(pass, car_->passes[pass + 1].time_ms, CarStatus::on_track, templates_.lap(model_, piece.bucket),
        checkpoint_of(pass));
  made_.segments.back().drs = piece.bucket.drs;
}

/// One piece of the pit way, the halt included. `end_ms`: of the piece.
void TimelineMaker::drive_pit(std::size_t pass, std::int64_t end_ms) {
  const PitDrive& pit = templates_.pit(box_);
  const PitStop* stop = stop_of(pass);
  const std::uint32_t k = checkpoint_of(pass);
  const bool next_lap = k < templates_.pit_entry();
  const std::size_t index = k + (next_lap ? n_ : 0) - templates_.pit_entry();
  const std::size_t box_piece = pit.in.l_m.size() - 2;
  const std::size_t first = made_.segments.size();
  if (index < box_piece) {
    drive(pass, end_ms, CarStatus::pit, pit.in, index);
  } else if (index > box_piece) {
    drive(pass, end_ms, CarStatus::pit, pit.out, index - box_piece);
  } else {
    RACESIM_CHECK(stop != nullptr);
    drive(pass, stop->arrive_ms, CarStatus::pit, pit.in, index, spent_between(pit.out, 0));
    stand(pass, stop->leave_ms, CarStatus::pit, *pit.out.path, 0);
    // Outside of races cars are filled up in their boxes.
    const double wanted_g = pass + 1 < car_->passes.size() ? car_->passes[pass + 1].fuel_g : 0;
    if (wanted_g > fuel_g_) fuel_g_ = wanted_g + kRolling_gpkg * spent_between(pit.out, 0).fuel_kg;
    wear_pct_ = 0;
    age_laps_ = 0;
    tyre_ = stop->fitted;
    drive(pass, end_ms, CarStatus::pit, pit.out, 0);
  }
  const double offset_m = next_lap ? -templates_.track().length_m : 0;
  for (std::size_t i = first; i < made_.segments.size(); ++i) made_.segments[i].s_offset_m = offset_m;
}

/// Rolls to a stop before the next checkpoint.
void TimelineMaker::roll_to_a_halt(std::size_t pass, CarStatus status) {
  const Segment& last = made_.segments.back();
  const double ratio = static_cast<double>(last.end_ms - last.begin_ms) * 1e-3 / last.tau_s;
  const double speed_mps = speed_at_time(*last.drive, last.tau_begin_s + last.tau_s) / ratio;
  const Drawn& lap = templates_.lap(model_, kAnyBucket);
  const std::uint32_t k = checkpoint_of(pass);
  const double begin_m = lap.l_m[k], room_m = lap.l_m[k + 1] - begin_m;
  const Path& line = templates_.line();
  const auto from = static_cast<std::size_t>(begin_m / line.step_m);
  const auto cells = std::min(static_cast<std::size_t>(0.9 * room_m / line.step_m),
                              static_cast<std::size_t>(60 + 5 * speed_mps));
  const Path way = cut_path(line, from, std::min(from + cells, line.cells()));
  Conditions conditions;
  conditions.fuel_kg = fuel_g_ / 1000;
  Drive wish;
  wish.begin_speed_mps = speed_mps;
  wish.begin_gear = gear_at_time(*last.drive, last.tau_begin_s + last.tau_s);
  wish.end_speed_mps = 0;
  wish.power = kStrickenPower;
  wish.braking = kStrickenBraking;
  wish.lap_work_m2ps3 = lap.drive.work_m2ps3;
  out_.halt_paths_.emplace_back(way);
  Drawn& halt = out_.halts_.emplace_back();
  halt.path = &out_.halt_paths_.back();
  halt.drive = bake(way, templates_.model(model_), conditions, wish);
  const double offset_m = begin_m - static_cast<double>(from) * line.step_m;  // the path begins on the grid
  halt.l_m = {offset_m, way.length_m()};
  halt.tau_s = {halt.drive.time_at(offset_m), halt.drive.duration_s};
  halt.speed_mps = {speed_mps, 0};
  const auto roll_ms = static_cast<std::int64_t>((halt.tau_s[1] - halt.tau_s[0]) * 1000 + 0.5);
  drive(pass, at_ms_ + roll_ms, status, halt, 0);
}

/// On from the chequered flag, slower and slower.
void TimelineMaker::cool_down() {
  const std::size_t pass = car_->passes.size() - 1;
  const Drawn& lap = templates_.lap(model_, kAnyBucket);
  for (std::size_t i = 0; i < kCoolDown.size(); ++i) {
    const double tau_s = lap.tau_s[i + 1] - lap.tau_s[i];
    drive(pass + i, at_ms_ + static_cast<std::int64_t>(tau_s * kCoolDown[i] * 1000), CarStatus::finished, lap,
          i);
  }
  roll_to_a_halt(pass + kCoolDown.size(), CarStatus::finished);
}

/// Joins the paces of neighbours: at a seam both show one speed, the mean of what each would, and none more
/// than its template can.
void TimelineMaker::smooth_pace() {
  std::vector<Segment>& all = made_.segments;
  std::vector<double> begin(all.size()), end(all.size());
  const auto mean = [&](const Segment& s) {
    return static_cast<double>(s.end_ms - s.begin_ms) * 1e-3 / s.tau_s;
  };
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].drive != nullptr) begin[i] = end[i] = mean(all[i]);
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    const Segment &a = all[i], &b = all[i + 1];
    if (a.drive == nullptr || b.drive == nullptr) continue;
    const double va = speed_at_time(*a.drive, a.tau_begin_s + a.tau_s);
    const double vb = speed_at_time(*b.drive, b.tau_begin_s);
    const double u = std::min((va / mean(a) + vb / mean(b)) / 2, kMostOfTemplate * std::min(va, vb));
    if (u < kStill_mps) continue;
    end[i] = va / u;
    begin[i + 1] = vb / u;
  }
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].drive != nullptr) set_pace(all[i], begin[i], end[i]);
}

CarTimeline TimelineMaker::make(const CarPlan& car) {
  made_ = {};
  car_ = &car;
  const Entry& entry = input_.entries[car.entry];
  model_ = entry.model;
  box_ = entry.team;
  if (car.passes.empty()) return made_;
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
        drive(pass, end_ms, CarStatus::on_track, templates_.start(car.grid - 1U), pass + 1);
        break;
      case Way::line:
        drive_line(pass);
        break;
      case Way::pit:
        drive_pit(pass, end_ms);
        break;
    }
  }
  if (car.retirement.cause != Cause::none || car.retirement.in_pit)
    retire();
  else if (car.finished)
    cool_down();
  smooth_pace();
  return std::move(made_);
}

/// At the side of the track, or in the box.
void TimelineMaker::retire() {
  const Retirement& r = car_->retirement;
  if (made_.segments.empty() || made_.segments.back().drive == nullptr) return;
  const std::size_t last = car_->passes.size() - 1;
  if (!r.in_pit) {
    roll_to_a_halt(last, CarStatus::out);
    return;
  }
  const PitDrive& pit = templates_.pit(box_);
  drive(last, r.halt_ms, CarStatus::pit, pit.in, pit.in.l_m.size() - 2);
  if (checkpoint_of(last) < templates_.pit_entry())
    made_.segments.back().s_offset_m = -templates_.track().length_m;
}

const Segment& segment_at(const CarTimeline& car, std::int64_t time_ms) {
  const auto behind = std::upper_bound(car.segments.begin(), car.segments.end(), time_ms,
                                       [](std::int64_t ms, const Segment& s) { return ms < s.begin_ms; });
  return behind == car.segments.begin() ? *behind : *(behind - 1);
}

Timelines::Timelines(const RacePlan& plan, const PlanInput& input, const Templates& templates) {
  for (const CarPlan& car : plan.cars) {
    TimelineMaker maker(plan, input, templates, *this);
    cars_.push_back(maker.make(car));
    if (!cars_.back().segments.empty()) end_ms_ = std::max(end_ms_, cars_.back().segments.back().end_ms);
  }
  end_ms_ += kClosing_ms;
  for (CarTimeline& car : cars_) stay(car, plan.kind == SessionKind::race);
}

/// Where its last segment has brought it, to the end. Who stands in the box of a race is out of it.
void Timelines::stay(CarTimeline& car, bool race) const {
  if (car.segments.empty()) return;
  Segment last = car.segments.back();
  if (last.drive == nullptr) {
    car.segments.back().end_ms = end_ms_;
    return;
  }
  const CarState end = state_at(last, last.end_ms);
  last.l_m = static_cast<double>(last.path->points.size() - 1) / last.path->per_m;
  last.drive = nullptr;
  last.begin_ms = last.end_ms;
  last.end_ms = end_ms_;
  last.fuel_begin_g = end.fuel_g;
  last.wear_begin_pct = end.wear_pct;
  if (race && last.status == CarStatus::pit) last.status = CarStatus::out;
  car.segments.push_back(last);
}

}  // namespace racesim::race
