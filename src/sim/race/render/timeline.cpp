#include "sim/race/render/timeline.h"

#include <algorithm>

#include "sim/race/render/cool_down.h"
#include "sim/race/render/sides.h"
#include "sim/race/render/timeline_maker.h"

namespace racesim::race {
namespace {

// Until so long after the last car has come to a halt all cars stay on the air, as real feeds do.
constexpr std::int64_t kClosing_ms = 10'000;
// A transponder of a car that stands at the side of the track is switched off after some minutes.
constexpr std::int64_t kOutOnAir_ms = 180'000;
constexpr std::size_t kFinishedAtOnce = 8;

}  // namespace

Timelines::Timelines(const RacePlan& plan, const PlanInput& input, const Templates& templates)
    : templates_(templates) {
  const std::vector<CoolDown> ways = plan_cool_down(plan, input, templates);
  for (std::size_t i = 0; i < plan.cars.size(); ++i) {
    cars_.push_back(make_timeline(plan.cars[i], ways[i], plan, input, templates, halts_));
    if (!cars_.back().segments.empty()) end_ms_ = std::max(end_ms_, cars_.back().segments.back().end_ms);
  }
  take_sides(cars_, templates, plan.kind == SessionKind::race);
  for (const SessionPart& part : plan.parts) end_ms_ = std::max(end_ms_, part.end_ms);
  // Cars wait in the pit lane until they are told that a stopped race is over.
  if (plan.counted_laps > 0) end_ms_ = std::max(end_ms_, plan.end_ms);
  end_ms_ += kClosing_ms;
  for (std::size_t i = 0; i < cars_.size(); ++i) {
    CarTimeline& car = cars_[i];
    stay(car, plan.kind == SessionKind::race, plan.cars[i].finished);
    car.off_air_ms = end_ms_;
    if (!car.segments.empty() && car.segments.back().status == CarStatus::out)
      car.off_air_ms = std::min(end_ms_, car.segments.back().begin_ms + kOutOnAir_ms);
    car.finished = std::make_unique<std::once_flag[]>(car.segments.size() / kFinishedAtOnce + 1);
  }
}

/// Where its last segment has brought it, to the end. Who stands in the pit lane of a race is out of it, or
/// has finished it under a red flag.
void Timelines::stay(CarTimeline& car, bool race, bool finished) const {
  if (car.segments.empty()) return;
  const Sketch& sketch = car.sketches.back();
  car.segments.back().end_ms = sketch.drives ? car.segments.back().end_ms : end_ms_;
  if (!sketch.drives) return;
  // Whoever halts does so at the end of a path made for it.
  Segment last = car.segments.back();
  last.path = sketch.baked->path;
  last.l_m = static_cast<double>(last.path->points.size() - 1) / last.path->per_m;
  last.side_m += last.side_rise_m;
  last.band += last.band_rise;
  last.side_rise_m = last.band_rise = 0;
  last.begin_ms = last.end_ms;
  last.end_ms = end_ms_;
  last.fuel_begin_g = sketch.fuel_end_g;
  last.wear_begin_pct = sketch.wear_end_pct;
  if (race && last.status == CarStatus::pit) last.status = finished ? CarStatus::finished : CarStatus::out;
  car.segments.push_back(last);
  car.sketches.emplace_back();
}

std::span<const Segment> Timelines::between(std::size_t car, std::int64_t from_ms, std::int64_t to_ms) const {
  std::vector<Segment>& all = cars_[car].segments;
  const auto begins_after = [](std::int64_t ms, const Segment& s) { return ms < s.begin_ms; };
  const auto last = std::upper_bound(all.begin() + 1, all.end(), to_ms, begins_after);
  const auto first = std::upper_bound(all.begin() + 1, last, from_ms, begins_after) - 1;
  const auto begin = static_cast<std::size_t>(first - all.begin());
  const auto end = static_cast<std::size_t>(last - all.begin());
  for (std::size_t part = begin / kFinishedAtOnce; part * kFinishedAtOnce < end; ++part)
    std::call_once(cars_[car].finished[part], [&] {
      const std::size_t behind = std::min((part + 1) * kFinishedAtOnce, all.size());
      for (std::size_t i = part * kFinishedAtOnce; i < behind; ++i) finish(all[i], cars_[car].sketches[i]);
    });
  return {all.data() + begin, end - begin};
}

void Timelines::finish(Segment& segment, const Sketch& sketch) const {
  if (!sketch.drives) return;
  const BakedDrive& baked =
      sketch.baked != nullptr ? *sketch.baked : templates_.lap(sketch.model, sketch.bucket);
  const Marks& marks = baked.marks;
  const std::size_t from = sketch.from;
  segment.drive = &baked.drive;
  segment.path = baked.path;
  segment.tau_begin_s = marks.tau_s[from];
  segment.tau_s = marks.tau_s[from + 1] - marks.tau_s[from];
  const Spent piece = spent_between(marks, from);
  if (piece.fuel_kg > 0) segment.fuel_per_kg_g = (segment.fuel_begin_g - sketch.fuel_end_g) / piece.fuel_kg;
  segment.fuel_begin_g += segment.fuel_per_kg_g * marks.fuel_kg[from];
  if (piece.wear > 0) segment.wear_per_pct = (sketch.wear_end_pct - segment.wear_begin_pct) / piece.wear;
  segment.wear_begin_pct -= segment.wear_per_pct * marks.wear[from];
  const double mean = planned_s(segment) / segment.tau_s;
  set_pace(segment, sketch.agreed_begin_mps > 0 ? marks.speed_mps[from] / sketch.agreed_begin_mps : mean,
           sketch.agreed_end_mps > 0 ? marks.speed_mps[from + 1] / sketch.agreed_end_mps : mean);
}

}  // namespace racesim::race
