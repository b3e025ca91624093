#include "sim/race/render/timeline_maker.h"

#include <algorithm>
#include <utility>

#include "sim/race/render/timeline_steps.h"

namespace racesim::race {
namespace {

// A piece that is mostly braked may burn less than planned; the pieces behind it make up for that, this much
// richer than the template.
constexpr double kMostFlow_gpkg = 1100;
constexpr double kStill_mps = 0.5;
constexpr double kMostOfTemplate = 1.01;
// A piece that ends far below its pace would have to be far above it before: the slower one does what is
// left.
constexpr double kMostBelow = 1.3;

}  // namespace

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

/// Joins the paces of neighbours: at a seam both show one speed, about the mean of what each would, and none
/// more than its template can. Where the pit lane's limit holds, it is the higher one, and at its lines that
/// of the limited side: then no pace between is above the planned ones, which keep the limit.
void TimelineMaker::smooth_pace() {
  std::vector<Sketch>& all = made_.sketches;
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    Sketch &a = all[i], &b = all[i + 1];
    if (!a.drives || !b.drives) continue;
    const double a_mps = a.end_mps * a.tau_s / planned_s(made_.segments[i]);
    const double b_mps = b.begin_mps * b.tau_s / planned_s(made_.segments[i + 1]);
    const double wanted_mps = std::max((a_mps + b_mps) / 2, std::max(a_mps, b_mps) / kMostBelow);
    double mps = std::min(wanted_mps, kMostOfTemplate * std::min(a.end_mps, b.begin_mps));
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

CarTimeline make_timeline(const CarPlan& car, const CoolDown& way, const RacePlan& plan,
                          const PlanInput& input, const Templates& templates, Halts& halts) {
  return TimelineMaker(plan, input, templates, halts).make(car, way);
}

}  // namespace racesim::race
