#include "sim/race/render/templates.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <system_error>
#include <thread>
#include <utility>

#include "base/check.h"
#include "sim/race/track/curve.h"
#include "sim/race/track/drs.h"
#include "sim/race/track/ways.h"

namespace racesim::race {
namespace {

// Steps of the conditions: laps of neighbouring ones differ by some 0.6 s, which the warp covers.
constexpr double kFuelStep_kg = 20;
constexpr std::uint32_t kFuels = 6;
constexpr double kGripStep = 0.02;
constexpr std::uint32_t kGrips = 6;
// Of these the times are baked for the plan, the rest is between them: lap time is close to linear in both.
constexpr std::array<std::uint8_t, 3> kFuelNodes{0, 2, 5};
constexpr std::array<std::uint8_t, 3> kGripNodes{0, 2, 5};

// FIA grid: slots 8 m apart, alternating sides; the pole stands that far behind the line.
constexpr double kSlotStep_m = 8;
constexpr double kPoleBehind_m = 8;
constexpr double kSlotLeft_m = 3.5;
// A start joins the racing line where it is as fast as a flying lap but for this share.
constexpr double kJoined = 0.99;

constexpr std::uint32_t kBoxes = 10;
constexpr double kBoxStep_m = 16;
constexpr double kPitFuel_kg = 60;
constexpr std::size_t kMostThreads = 4;  // for some 60 laps of a millisecond each

/// Fills in when and how fast `drawn` passes its places l_m.
void read_passes(Drawn& drawn) {
  for (const double l_m : drawn.l_m) {
    drawn.tau_s.push_back(drawn.drive.time_at(l_m));
    drawn.speed_mps.push_back(drawn.drive.speed_at(l_m));
  }
}

/// Value at `x` of the parabola through three points.
double parabola(const std::array<std::uint8_t, 3>& nodes, const std::array<double, 3>& values, double x) {
  double sum = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    double weight = 1;
    for (std::size_t j = 0; j < 3; ++j)
      if (j != i) weight *= (x - nodes[j]) / (static_cast<double>(nodes[i]) - nodes[j]);
    sum += weight * values[i];
  }
  return sum;
}

}  // namespace

Path cut_path(const Path& path, std::size_t from, std::size_t to) {
  const auto part = [&](const std::vector<double>& v) {
    if (v.empty()) return v;
    return std::vector<double>(v.begin() + static_cast<std::ptrdiff_t>(from),
                               v.begin() + static_cast<std::ptrdiff_t>(to) + 1);
  };
  Path out;
  out.step_m = path.step_m;
  out.s_m = part(path.s_m);
  out.x_m = part(path.x_m);
  out.y_m = part(path.y_m);
  out.curvature_1pm = part(path.curvature_1pm);
  out.limit_mps = part(path.limit_mps);
  return out;
}

Templates::Templates(const Track& track, std::vector<CarModel> models, std::uint32_t slots)
    : track_(track),
      models_(std::move(models)),
      line_(racing_line(track)),
      line_grid_(line_),
      pit_entry_(static_cast<std::uint32_t>(last_before_pit(track))),
      pit_exit_(static_cast<std::uint32_t>(first_after_pit(track))) {
  RACESIM_CHECK(!models_.empty());
  drs_ = drs_stretches(track, line_);
  for (const Checkpoint& checkpoint : track.checkpoints)
    checkpoints_m_.push_back(path_at(line_, checkpoint.s_m));
  checkpoints_m_.push_back(line_.length_m());
  for (std::size_t i = 0; i < models_.size() * kFuels * kGrips * 2; ++i)
    laps_.push_back(std::make_unique<LapSlot>());
  bake_starts(slots);
  bake_pits();
}

Drawn Templates::bake_lap(std::uint32_t model, Bucket bucket) const {
  Conditions conditions;
  conditions.fuel_kg = bucket.fuel * kFuelStep_kg;
  conditions.grip = 1 - bucket.grip * kGripStep;
  conditions.drs = bucket.drs;
  Drive drive;
  drive.drs = drs_;
  Drawn lap;
  lap.path = &line_grid_;
  lap.drive = bake(line_, models_[model], conditions, drive);
  lap.l_m = checkpoints_m_;
  read_passes(lap);
  return lap;
}

std::size_t Templates::slot_of(std::uint32_t model, Bucket bucket) const {
  RACESIM_CHECK(model < models_.size() && bucket.fuel < kFuels && bucket.grip < kGrips);
  return ((static_cast<std::size_t>(model) * kFuels + bucket.fuel) * kGrips + bucket.grip) * 2 +
         (bucket.drs ? 1 : 0);
}

const Drawn& Templates::lap(std::uint32_t model, Bucket bucket) const {
  LapSlot& slot = *laps_[slot_of(model, bucket)];
  std::call_once(slot.once, [&] { slot.lap = bake_lap(model, bucket); });
  return slot.lap;
}

void Templates::bake_ahead(const std::vector<LapKey>& laps) const {
  // Each once: two threads at the same lap would wait for each other.
  std::vector<char> seen(laps_.size(), 0);
  std::vector<LapKey> wanted;
  for (const LapKey& key : laps)
    if (std::exchange(seen[slot_of(key.model, key.bucket)], char{1}) == 0) wanted.push_back(key);
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < wanted.size(); i = next++) lap(wanted[i].model, wanted[i].bucket);
  };
  const std::size_t threads =
      std::min({kMostThreads, std::size_t{std::thread::hardware_concurrency()}, wanted.size()});
  std::vector<std::thread> helpers;
  try {
    while (helpers.size() + 1 < threads) helpers.emplace_back(work);
  } catch (const std::system_error&) {
    // No more threads to be had: those there are do it.
  }
  work();
  for (std::thread& helper : helpers) helper.join();
}

const PathGrid& Templates::keep(const Path& path) {
  grids_.push_back(std::make_unique<PathGrid>(path));
  return *grids_.back();
}

void Templates::bake_starts(std::uint32_t slots) {
  const Bucket full{kFuels - 1, 0, false};
  const Drawn& flying = lap(0, full);
  Conditions conditions;
  conditions.fuel_kg = full.fuel * kFuelStep_kg;
  const auto last = static_cast<std::uint32_t>(track_.checkpoints.size()) - 1;
  std::uint32_t join = 1;
  for (std::uint32_t slot = 0; slot < slots; ++slot) {
    const double behind_m = kPoleBehind_m + slot * kSlotStep_m;
    const double left_m = slot % 2 == 0 ? kSlotLeft_m : -kSlotLeft_m;
    for (;; ++join) {
      const Path path = grid_way(track_, behind_m, left_m, join);
      Drive drive;
      drive.end_speed_mps = flying.speed_mps[join];
      drive.lap_work_m2ps3 = flying.drive.work_m2ps3;
      auto start = std::make_unique<Drawn>();
      start->drive = bake(path, models_[0], conditions, drive);
      // All slots join at one checkpoint: the farthest back needs the longest way.
      if (join < last && start->drive.speed_at(path.length_m()) < kJoined * flying.speed_mps[join]) continue;
      start->path = &keep(path);
      start->l_m.push_back(0);
      for (std::uint32_t k = 0; k < join; ++k) start->l_m.push_back(path_at(path, track_.checkpoints[k].s_m));
      start->l_m.push_back(path.length_m());
      read_passes(*start);
      starts_.push_back(std::move(start));
      break;
    }
  }
}

void Templates::bake_pits() {
  const Path way = pit_way(track_, pit_entry_, pit_exit_);
  const Bucket half{static_cast<std::uint8_t>(kPitFuel_kg / kFuelStep_kg), 0, false};
  const Drawn& flying = lap(0, half);
  Conditions conditions;
  conditions.fuel_kg = kPitFuel_kg;
  std::vector<double> passes_m;
  const std::size_t count = track_.checkpoints.size();
  for (std::size_t k = pit_entry_; k <= count + pit_exit_; ++k)
    passes_m.push_back(path_at(way, track_.checkpoints[k % count].s_m + (k >= count ? track_.length_m : 0)));
  // The boxes stand around the middle of the lane.
  const double middle_m =
      (path_at(way, track_.pit.limit_begin_m) + path_at(way, track_.length_m + track_.pit.limit_end_m)) / 2;
  for (std::uint32_t box = 0; box < kBoxes; ++box) {
    const double at_m = middle_m + (box - (kBoxes - 1) / 2.0) * kBoxStep_m;
    const auto cell = static_cast<std::size_t>(at_m / way.step_m);
    const Path in = cut_path(way, 0, cell), out = cut_path(way, cell, way.cells());
    auto pit = std::make_unique<PitDrive>();
    Drive drive;
    drive.lap_work_m2ps3 = flying.drive.work_m2ps3;
    drive.begin_speed_mps = flying.speed_mps[pit_entry_];
    drive.end_speed_mps = 0;
    pit->in.drive = bake(in, models_[0], conditions, drive);
    drive.begin_speed_mps = 0;
    drive.end_speed_mps = flying.speed_mps[pit_exit_];
    pit->out.drive = bake(out, models_[0], conditions, drive);
    pit->in.path = &keep(in);
    pit->out.path = &keep(out);
    for (const double pass_m : passes_m)
      if (pass_m <= in.length_m()) pit->in.l_m.push_back(pass_m);
    pit->in.l_m.push_back(in.length_m());
    pit->out.l_m.push_back(0);
    for (const double pass_m : passes_m)
      if (pass_m > in.length_m()) pit->out.l_m.push_back(pass_m - in.length_m());
    read_passes(pit->in);
    read_passes(pit->out);
    pits_.push_back(std::move(pit));
  }
}

PieceTable Templates::piece_table(std::uint32_t model) const {
  PieceTable table;
  table.pieces = static_cast<std::uint32_t>(track_.checkpoints.size());
  table.fuels = kFuels;
  table.grips = kGrips;
  table.fuel_step_kg = kFuelStep_kg;
  table.grip_step = kGripStep;
  table.seconds.resize(static_cast<std::size_t>(kFuels) * kGrips * 2 * table.pieces);
  std::vector<LapKey> keys;
  for (const std::uint8_t fuel : kFuelNodes)
    for (const std::uint8_t grip : kGripNodes)
      for (const bool drs : {false, true}) keys.push_back({model, {fuel, grip, drs}});
  bake_ahead(keys);
  for (const bool drs : {false, true}) {
    const Drawn* nodes[3][3];
    for (std::size_t f = 0; f < 3; ++f)
      for (std::size_t g = 0; g < 3; ++g) nodes[f][g] = &lap(model, {kFuelNodes[f], kGripNodes[g], drs});
    for (std::uint32_t piece = 0; piece < table.pieces; ++piece) {
      const auto seconds = [&](std::size_t f, std::size_t g) {
        return nodes[f][g]->tau_s[piece + 1] - nodes[f][g]->tau_s[piece];
      };
      for (std::uint32_t grip = 0; grip < kGrips; ++grip) {
        std::array<double, 3> by_fuel{};
        for (std::size_t f = 0; f < 3; ++f)
          by_fuel[f] = parabola(kGripNodes, {seconds(f, 0), seconds(f, 1), seconds(f, 2)}, grip);
        for (std::uint32_t fuel = 0; fuel < kFuels; ++fuel) {
          const std::size_t row = (static_cast<std::size_t>(fuel) * kGrips + grip) * 2 + (drs ? 1 : 0);
          table.seconds[row * table.pieces + piece] = parabola(kFuelNodes, by_fuel, fuel);
        }
      }
    }
  }
  return table;
}

std::vector<PieceTable> Templates::piece_tables() const {
  std::vector<PieceTable> tables;
  for (std::uint32_t model = 0; model < models_.size(); ++model) tables.push_back(piece_table(model));
  return tables;
}

std::vector<PitWay> Templates::pit_ways() const {
  std::vector<PitWay> ways;
  for (const auto& pit : pits_) {
    PitWay way;
    way.entry = pit_entry_;
    way.exit = pit_exit_;
    const std::vector<double>&in = pit->in.tau_s, &out = pit->out.tau_s;
    for (std::size_t i = 0; i + 2 < in.size(); ++i) way.piece_s.push_back(in[i + 1] - in[i]);
    way.box_piece = static_cast<std::uint32_t>(way.piece_s.size());
    way.to_box_s = in.back() - in[in.size() - 2];
    way.piece_s.push_back(way.to_box_s + out[1]);
    for (std::size_t i = 1; i + 1 < out.size(); ++i) way.piece_s.push_back(out[i + 1] - out[i]);
    ways.push_back(std::move(way));
  }
  return ways;
}

std::vector<StartWay> Templates::start_ways() const {
  std::vector<StartWay> ways;
  for (const auto& start : starts_)
    ways.push_back({std::vector<double>(start->tau_s.begin() + 1, start->tau_s.end())});
  return ways;
}

double Templates::fuel_per_lap_kg() const {
  return lap(0, {2, 2, false}).drive.fuel_kg;
}

}  // namespace racesim::race
