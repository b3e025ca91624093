// Ways through the pit lane: to the boxes, to parc fermé, and to the queue behind a red flag.
#include <algorithm>
#include <utility>

#include "sim/race/render/templates.h"
#include "sim/race/track/ways.h"

namespace racesim::race {
namespace {

constexpr std::uint32_t kBoxes = 10;
constexpr double kBoxStep_m = 16;
constexpr double kPitFuel_kg = 60;
constexpr Bucket kPitBucket{static_cast<std::uint8_t>(kPitFuel_kg / kFuelStep_kg), 0, false};

/// Where a way leaves or joins the racing line it is at least at this share of a flying lap's speed.
constexpr double kJoins = 0.92;

// Parc fermé: a car needs 5.6 m, and the lane may be short; behind the first line there is room to brake.
constexpr double kParkStep_m = 8;
constexpr double kParkAfter_m = 30, kParkBefore_m = 15;
constexpr double kParkBraking = 0.6;

// Behind a red flag cars stand in the fast lane, the first a car's length before its end.
constexpr double kQueueAhead_m = 8, kQueueStep_m = 8;

/// Places along a path: those where pieces meet, and a line of the pit lane's speed limit.
struct Places {
  std::vector<double> l_m;
  std::vector<std::size_t> meets;
  std::size_t line;
};

/// A line too near to a place for a segment between is at that place.
Places with_line(const std::vector<double>& meets_m, double line_m) {
  constexpr double kNear_m = 3;
  Places places{{}, {}, meets_m.size()};
  for (const double l_m : meets_m) {
    if (places.line == meets_m.size() && line_m < l_m + kNear_m) {
      places.line = places.l_m.size();
      if (line_m < l_m - kNear_m) places.l_m.push_back(line_m);
    }
    places.meets.push_back(places.l_m.size());
    places.l_m.push_back(l_m);
  }
  return places;
}

}  // namespace

std::vector<double> Templates::checkpoints_of(const Path& way) const {
  const std::size_t count = track_.checkpoints.size();
  std::vector<double> l_m;
  for (std::size_t k = pit_entry_; k <= count + pit_exit_; ++k)
    l_m.push_back(path_at(way, track_.checkpoints[k % count].s_m + (k >= count ? track_.length_m : 0)));
  return l_m;
}

double Templates::limit_begin_m(const Path& way) const {
  return path_at(way, track_.pit.limit_begin_m);
}

double Templates::limit_end_m(const Path& way) const {
  return path_at(way, track_.length_m + track_.pit.limit_end_m);
}

/// From the pit entry to a halt.
void Templates::bake_way_in(const Path& way, double halt_m, double braking, BakedDrive& in) const {
  const Path path = cut_path(way, 0, static_cast<std::size_t>(halt_m / way.step_m));
  Conditions conditions = conditions_;
  conditions.fuel_kg = kPitFuel_kg;
  Drive drive;
  drive.lap_work_m2ps3 = lap(0, {}).drive.work_m2ps3;
  drive.begin_speed_mps = marks(0, kPitBucket).speed_mps[pit_entry_];
  drive.end_speed_mps = 0;
  drive.braking = braking;
  in.drive = bake(path, models_[0], conditions, drive);
  std::vector<double> meets_m = checkpoints_of(way);
  std::erase_if(meets_m, [&](double l_m) { return l_m > path.length_m(); });
  meets_m.push_back(path.length_m());
  Places places = with_line(meets_m, limit_begin_m(way));
  in.limit_from = places.line;
  in.limit_to = places.l_m.size() - 1;
  in.l_m = std::move(places.l_m);
  in.meets = std::move(places.meets);
  in.path = &keep(path);
  read_marks(in);
}

/// From a halt to the pit exit.
void Templates::bake_way_out(const Path& way, double halt_m, BakedDrive& out) const {
  const auto cell = static_cast<std::size_t>(halt_m / way.step_m);
  const Path path = cut_path(way, cell, way.cells());
  const double begin_m = static_cast<double>(cell) * way.step_m;
  Conditions conditions = conditions_;
  conditions.fuel_kg = kPitFuel_kg;
  Drive drive;
  drive.lap_work_m2ps3 = lap(0, {}).drive.work_m2ps3;
  drive.end_speed_mps = marks(0, kPitBucket).speed_mps[pit_exit_];
  out.drive = bake(path, models_[0], conditions, drive);
  std::vector<double> meets_m{0};
  for (const double l_m : checkpoints_of(way))
    if (l_m > begin_m) meets_m.push_back(l_m - begin_m);
  Places places = with_line(meets_m, limit_end_m(way) - begin_m);
  out.limit_to = places.line;
  out.l_m = std::move(places.l_m);
  out.meets = std::move(places.meets);
  out.path = &keep(path);
  read_marks(out);
}

std::unique_ptr<PitDrive> Templates::bake_pit(const Path& way, double halt_m) const {
  auto pit = std::make_unique<PitDrive>();
  bake_way_in(way, halt_m, 1, pit->in);
  bake_way_out(way, halt_m, pit->out);
  return pit;
}

/// A lane with little room to brake in, or to gather speed, leaves the racing line's pace a checkpoint
/// earlier, or joins it a checkpoint later. True if it was such a one.
bool Templates::make_room(const PitDrive& pit) {
  const std::vector<double>& flying_mps = marks(0, kPitBucket).speed_mps;
  if (pit_entry_ - pit_exit_ < 2) return false;
  if (pit.in.marks.speed_mps.front() < kJoins * flying_mps[pit_entry_])
    --pit_entry_;
  else if (pit.out.marks.speed_mps.back() < kJoins * flying_mps[pit_exit_])
    ++pit_exit_;
  else
    return false;
  return true;
}

void Templates::bake_pits() {
  while (pits_.empty()) {
    const Path way = pit_way(track_, pit_entry_, pit_exit_);
    // The boxes stand around the middle of the lane.
    const double middle_m = (limit_begin_m(way) + limit_end_m(way)) / 2;
    for (std::uint32_t box = 0; box < kBoxes; ++box) {
      auto pit = bake_pit(way, middle_m + (box - (kBoxes - 1) / 2.0) * kBoxStep_m);
      if (box == 0 && make_room(*pit)) break;
      pits_.push_back(std::move(pit));
    }
  }
}

/// One place a car, from the end of the lane backwards.
void Templates::bake_parks(std::uint32_t slots) {
  const Path way = pit_way(track_, pit_entry_, pit_exit_);
  const double first_m = limit_begin_m(way) + kParkAfter_m, last_m = limit_end_m(way) - kParkBefore_m;
  const double step_m = slots > 1 ? std::min(kParkStep_m, (last_m - first_m) / (slots - 1)) : 0;
  for (std::uint32_t place = 0; place < slots; ++place) {
    parks_.push_back(std::make_unique<BakedDrive>());
    bake_way_in(way, last_m - place * step_m, kParkBraking, *parks_.back());
  }
}

void Templates::bake_queue() const {
  const auto places = static_cast<std::uint32_t>(starts_.size());
  const Path way = pit_way(track_, pit_entry_, pit_exit_);
  const double first_m = limit_end_m(way) - kQueueAhead_m;
  const double step_m = std::min(kQueueStep_m, (first_m - limit_begin_m(way)) / (places + 1.0));
  for (std::uint32_t place = 0; place < places; ++place)
    red_ways_.queue.push_back(bake_pit(way, first_m - place * step_m));
}

}  // namespace racesim::race
