#include "sim/race/render/templates.h"

#include <algorithm>
#include <numeric>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "sim/race/track/curve.h"
#include "sim/race/track/import/drs.h"
#include "sim/race/track/ways.h"

namespace racesim::race {
namespace {

// Steps of the conditions: laps of neighbouring ones differ by some 0.6 s, which the warp covers.
constexpr std::uint32_t kFuels = 6;
constexpr double kGripStep = 0.02;
constexpr std::uint32_t kGrips = 6;
// The laps baked for the marks of all: two axes with a node between, and the far corner.
constexpr std::uint8_t kNode = 2, kLast = 5;
static_assert(kFuels == kLast + 1 && kGrips == kLast + 1);

// A battery gives 4 MJ a lap: 60 to 70 kW over the minute of full throttle, of the 120 kW that a qualifying
// lap may empty itself for.
constexpr double kRaceElectric = 0.5;

// FIA grid: slots 8 m apart, alternating sides; the pole stands that far behind the line.
constexpr double kSlotStep_m = 8;
constexpr double kPoleBehind_m = 8;
constexpr double kSlotLeft_m = 3.5;
// A start joins the racing line where it is as fast as a flying lap but for this share.
constexpr double kJoined = 0.99;

// Behind the last slot cars need so much road to halt in it.
constexpr double kGridBraking_m = 250;
constexpr double kGridFuel_kg = 60;

/// So many grid points of a start's way at least are on the racing line before it ends.
constexpr std::size_t kEndsOnLine = 10;
constexpr double kOntoLine_m = 20;  ///< over so much the smoothed bend becomes that of the line

/// Value at `x` of the parabola through values at 0, kNode and kLast.
double parabola(double at_0, double at_node, double at_last, double x) {
  constexpr double kN = kNode, kL = kLast;
  return at_0 * (x - kN) * (x - kL) / (kN * kL) + at_node * x * (x - kL) / (kN * (kN - kL)) +
         at_last * x * (x - kN) / (kL * (kL - kN));
}

/// The laps that are baked for the marks.
struct Nodes {
  const Marks *none, *fuel_node, *fuel_last, *grip_node, *grip_last, *both_last, *drs;

  /// One kind of mark under the conditions of `b`: lap times are close to a parabola in fuel and in grip.
  std::vector<double> between(std::vector<double> Marks::*kind, Bucket b) const {
    std::vector<double> result;
    const double f = b.fuel, g = b.grip;
    for (std::size_t k = 0; k < (none->*kind).size(); ++k) {
      const auto of = [&](const Marks* marks) { return (marks->*kind)[k]; };
      const double twist = of(both_last) - of(fuel_last) - of(grip_last) + of(none);
      double value = parabola(of(none), of(fuel_node), of(fuel_last), f) +
                     parabola(of(none), of(grip_node), of(grip_last), g) - of(none) +
                     twist * f * g / (double{kLast} * kLast);
      if (b.drs) value += of(drs) - of(none);
      result.push_back(value);
    }
    return result;
  }
};

/// Drives with a halt, as the plan needs them.
std::vector<PitWay> ways_of(const std::vector<std::unique_ptr<PitDrive>>& drives, std::uint32_t entry,
                            std::uint32_t exit) {
  std::vector<PitWay> ways;
  for (const auto& drive : drives) {
    PitWay way;
    way.entry = entry;
    way.exit = exit;
    std::vector<double> in, out;
    for (const std::size_t place : drive->in.meets) in.push_back(drive->in.marks.tau_s[place]);
    for (const std::size_t place : drive->out.meets) out.push_back(drive->out.marks.tau_s[place]);
    for (std::size_t i = 0; i + 2 < in.size(); ++i) way.piece_s.push_back(in[i + 1] - in[i]);
    way.box_piece = static_cast<std::uint32_t>(way.piece_s.size());
    way.to_box_s = in.back() - in[in.size() - 2];
    way.piece_s.push_back(way.to_box_s + out[1]);
    for (std::size_t i = 1; i + 1 < out.size(); ++i) way.piece_s.push_back(out[i + 1] - out[i]);
    ways.push_back(std::move(way));
  }
  return ways;
}

}  // namespace

void read_marks(BakedDrive& baked) {
  const std::vector<Template::Sample>& samples = baked.drive.samples;
  Marks& marks = baked.marks;
  for (const double l_m : baked.l_m) {
    const double tau_s = baked.drive.time_at(l_m);
    const double at = tau_s / kTemplateStep_s;
    const auto i = std::min(static_cast<std::size_t>(at), samples.size() - 2);
    const auto between = [share = at - static_cast<double>(i)](float a, float b) {
      return static_cast<double>(a) + share * (static_cast<double>(b) - static_cast<double>(a));
    };
    marks.tau_s.push_back(tau_s);
    marks.speed_mps.push_back(baked.drive.speed_at(l_m));
    marks.fuel_kg.push_back(between(samples[i].fuel_kg, samples[i + 1].fuel_kg));
    marks.wear.push_back(between(samples[i].wear, samples[i + 1].wear));
  }
}

Path cut_path(const Path& path, std::size_t from, std::size_t to) {
  const auto part = [&](const auto& v) {
    std::decay_t<decltype(v)> some;
    if (!v.empty())
      some.assign(v.begin() + static_cast<std::ptrdiff_t>(from),
                  v.begin() + static_cast<std::ptrdiff_t>(to) + 1);
    return some;
  };
  Path out;
  out.step_m = path.step_m;
  out.s_m = part(path.s_m);
  out.x_m = part(path.x_m);
  out.y_m = part(path.y_m);
  out.curvature_1pm = part(path.curvature_1pm);
  out.limit_mps = part(path.limit_mps);
  out.z_m = part(path.z_m);
  out.terrain = part(path.terrain);
  return out;
}

Templates::Templates(const Track& track, std::vector<CarModel> models, std::uint32_t slots, SessionKind kind)
    : track_(track),
      models_(std::move(models)),
      line_(racing_line(track)),
      centre_(centreline(track)),
      band_(track, centre_, line_),
      line_grid_(line_),
      pit_entry_(static_cast<std::uint32_t>(last_before_pit(track))),
      pit_exit_(static_cast<std::uint32_t>(first_after_pit(track))) {
  RACESIM_CHECK(!models_.empty());
  band_.add_asides(line_grid_, line_);
  conditions_.electric = kind == SessionKind::race ? kRaceElectric : 1;
  conditions_.air_kgpm3 = air_of(track);
  drs_ = drs_stretches(track, line_);
  for (const Checkpoint& checkpoint : track.checkpoints)
    checkpoints_m_.push_back(path_at(line_, checkpoint.s_m));
  checkpoints_m_.push_back(line_.length_m());
  for (std::size_t i = 0; i < models_.size() * kFuels * kGrips * 2; ++i)
    laps_.push_back(std::make_unique<LapSlot>());
  for (std::uint32_t model = 0; model < models_.size(); ++model) mark_laps(model);
  bake_pits();
  if (kind != SessionKind::race) return;
  bake_starts(slots);
  bake_parks(slots);
  find_grid_entry(slots);
}

const Templates::RedWays& Templates::red_ways() const {
  std::call_once(red_once_, [&] {
    bake_queue();
    bake_to_grid();
  });
  return red_ways_;
}

BakedDrive Templates::bake_lap(std::uint32_t model, Bucket bucket) const {
  Conditions conditions = conditions_;
  conditions.fuel_kg = bucket.fuel * kFuelStep_kg;
  conditions.grip = 1 - bucket.grip * kGripStep;
  conditions.drs = bucket.drs;
  Drive drive;
  drive.drs = drs_;
  BakedDrive lap;
  lap.path = &line_grid_;
  lap.drive = bake(line_, models_[model], conditions, drive);
  lap.l_m = checkpoints_m_;
  read_marks(lap);
  return lap;
}

std::size_t Templates::slot_of(std::uint32_t model, Bucket bucket) const {
  RACESIM_CHECK(model < models_.size() && bucket.fuel < kFuels && bucket.grip < kGrips);
  return ((static_cast<std::size_t>(model) * kFuels + bucket.fuel) * kGrips + bucket.grip) * 2 +
         (bucket.drs ? 1 : 0);
}

const BakedDrive& Templates::lap(std::uint32_t model, Bucket bucket) const {
  LapSlot& slot = *laps_[slot_of(model, bucket)];
  std::call_once(slot.once, [&] { slot.lap = bake_lap(model, bucket); });
  return slot.lap;
}

void Templates::mark_laps(std::uint32_t model) {
  const auto baked = [&](std::uint8_t fuel, std::uint8_t grip, bool drs) {
    return &lap(model, {fuel, grip, drs}).marks;
  };
  const Nodes nodes{baked(0, 0, false),     baked(kNode, 0, false), baked(kLast, 0, false),
                    baked(0, kNode, false), baked(0, kLast, false), baked(kLast, kLast, false),
                    baked(0, 0, true)};
  for (std::uint8_t fuel = 0; fuel < kFuels; ++fuel)
    for (std::uint8_t grip = 0; grip < kGrips; ++grip)
      for (const bool drs : {false, true}) {
        const Bucket b{fuel, grip, drs};
        marks_.push_back({nodes.between(&Marks::tau_s, b), nodes.between(&Marks::speed_mps, b),
                          nodes.between(&Marks::fuel_kg, b), nodes.between(&Marks::wear, b)});
      }
}

const PathGrid& Templates::keep(const Path& path) const {
  grids_.push_back(std::make_unique<PathGrid>(path));
  return *grids_.back();
}

const PathGrid& Templates::keep_on_road(const Path& path) const {
  keep(path);
  std::vector<PathGrid::Aside>& asides = grids_.back()->asides;
  band_.add_asides(*grids_.back(), path);
  // It ends on the racing line, which goes on with the same bend.
  for (std::size_t i = path.cells() - std::min<std::size_t>(path.cells(), kEndsOnLine); i <= path.cells();
       ++i) {
    const auto at = static_cast<std::size_t>(path_at(line_, path.s_m[i]) * line_grid_.per_m + 0.5);
    asides[i].slope = line_grid_.asides[at].slope;
    asides[i].bend_1pm = line_grid_.asides[at].bend_1pm;
  }
  const auto blended = std::min(path.cells(), static_cast<std::size_t>(kOntoLine_m / path.step_m));
  for (std::size_t k = 0; k < blended; ++k) {
    const std::size_t i = path.cells() - k;
    const auto at = static_cast<std::size_t>(path_at(line_, path.s_m[i]) * line_grid_.per_m + 0.5);
    const double share = 1 - static_cast<double>(k) / static_cast<double>(blended);
    asides[i].smooth_bend_1pm += share * (line_grid_.asides[at].smooth_bend_1pm - asides[i].smooth_bend_1pm);
  }
  return *grids_.back();
}

double Templates::lane_shift_m(std::size_t checkpoint) const {
  const double at = checkpoints_m_[checkpoint] * line_grid_.per_m;
  return line_grid_.asides[std::min(static_cast<std::size_t>(at), line_grid_.asides.size() - 1)].shift_m;
}

void Templates::bake_starts(std::uint32_t slots) {
  const Bucket full{kFuels - 1, 0, false};
  const BakedDrive& flying = lap(0, full);
  Conditions conditions = conditions_;
  conditions.fuel_kg = full.fuel * kFuelStep_kg;
  const auto last = static_cast<std::uint32_t>(track_.checkpoints.size()) - 1;
  std::uint32_t join = 1;
  for (std::uint32_t slot = 0; slot < slots; ++slot) {
    const double behind_m = kPoleBehind_m + slot * kSlotStep_m;
    const double left_m = slot % 2 == 0 ? kSlotLeft_m : -kSlotLeft_m;
    for (;; ++join) {
      const Path path = grid_way(track_, centre_, behind_m, left_m, join);
      Drive drive;
      drive.end_speed_mps = flying.marks.speed_mps[join];
      drive.lap_work_m2ps3 = flying.drive.work_m2ps3;
      auto start = std::make_unique<BakedDrive>();
      start->drive = bake(path, models_[0], conditions, drive);
      // All slots join at one checkpoint: the farthest back needs the longest way.
      if (join < last && start->drive.speed_at(path.length_m()) < kJoined * flying.marks.speed_mps[join])
        continue;
      start->path = &keep_on_road(path);
      start->l_m.push_back(0);
      for (std::uint32_t k = 0; k < join; ++k) start->l_m.push_back(path_at(path, track_.checkpoints[k].s_m));
      start->l_m.push_back(path.length_m());
      read_marks(*start);
      starts_.push_back(std::move(start));
      break;
    }
  }
}

void Templates::find_grid_entry(std::uint32_t slots) {
  const double last_m = kPoleBehind_m + (slots - 1) * kSlotStep_m + kGridBraking_m;
  grid_entry_ = static_cast<std::uint32_t>(track_.checkpoints.size()) - 1;
  while (grid_entry_ > pit_exit_ && track_.checkpoints[grid_entry_].s_m > track_.length_m - last_m)
    --grid_entry_;
}

void Templates::bake_to_grid() const {
  const Bucket light{0, 0, false};
  Conditions conditions = conditions_;
  conditions.fuel_kg = kGridFuel_kg;
  for (std::uint32_t slot = 0; slot < starts_.size(); ++slot) {
    const BakedDrive& start = *starts_[slot];
    const double behind_m = kPoleBehind_m + slot * kSlotStep_m;
    const Path path =
        way_to_grid(track_, centre_, grid_entry_, behind_m, slot % 2 == 0 ? kSlotLeft_m : -kSlotLeft_m);
    Drive drive;
    drive.begin_speed_mps = marks(0, light).speed_mps[grid_entry_];
    drive.end_speed_mps = 0;
    drive.lap_work_m2ps3 = lap(0, {}).drive.work_m2ps3;
    auto made = std::make_unique<PitDrive>();
    made->in.drive = bake(path, models_[0], conditions, drive);
    made->in.path = &keep(path);
    made->out.path = start.path;
    made->out.drive = start.drive;
    made->out.l_m.push_back(0);
    for (std::size_t k = grid_entry_; k < track_.checkpoints.size(); ++k) {
      const double s_m = track_.checkpoints[k].s_m;
      if (s_m <= track_.length_m - behind_m)
        made->in.l_m.push_back(path_at(path, s_m));
      else
        made->out.l_m.push_back(start.l_m[1] - (track_.length_m - s_m));
    }
    made->in.l_m.push_back(path.length_m());
    made->out.l_m.push_back(start.l_m[1]);
    for (BakedDrive* half : {&made->in, &made->out}) {
      half->meets.resize(half->l_m.size());
      std::iota(half->meets.begin(), half->meets.end(), 0U);
      read_marks(*half);
    }
    red_ways_.to_grid.push_back(std::move(made));
  }
}

PieceTable Templates::piece_table(std::uint32_t model) const {
  PieceTable table;
  table.pieces = static_cast<std::uint32_t>(track_.checkpoints.size());
  table.fuels = kFuels;
  table.grips = kGrips;
  table.fuel_step_kg = kFuelStep_kg;
  table.grip_step = kGripStep;
  for (std::uint8_t fuel = 0; fuel < kFuels; ++fuel)
    for (std::uint8_t grip = 0; grip < kGrips; ++grip)
      for (const bool drs : {false, true}) {
        const std::vector<double>& tau_s = marks(model, {fuel, grip, drs}).tau_s;
        for (std::uint32_t piece = 0; piece < table.pieces; ++piece)
          table.seconds.push_back(tau_s[piece + 1] - tau_s[piece]);
      }
  return table;
}

std::vector<PieceTable> Templates::piece_tables() const {
  std::vector<PieceTable> tables;
  for (std::uint32_t model = 0; model < models_.size(); ++model) tables.push_back(piece_table(model));
  return tables;
}

std::vector<PitWay> Templates::pit_ways() const {
  return ways_of(pits_, pit_entry_, pit_exit_);
}

std::vector<PitWay> Templates::queue_ways() const {
  return ways_of(red_ways().queue, pit_entry_, pit_exit_);
}

std::vector<PitWay> Templates::grid_ways() const {
  return ways_of(red_ways().to_grid, grid_entry_, 0);
}

std::vector<StartWay> Templates::start_ways() const {
  std::vector<StartWay> ways;
  for (const auto& start : starts_)
    ways.push_back({std::vector<double>(start->marks.tau_s.begin() + 1, start->marks.tau_s.end())});
  return ways;
}

double Templates::fastest_place_m() const {
  double best_mps = 0, place_m = checkpoints_m_[pit_exit_];
  for (const Template::Sample& sample : lap(0, {0, 0, true}).drive.samples) {
    const bool between = sample.l_m >= checkpoints_m_[pit_exit_] && sample.l_m < checkpoints_m_[pit_entry_];
    if (!between || static_cast<double>(sample.v_mps) <= best_mps) continue;
    best_mps = static_cast<double>(sample.v_mps);
    place_m = sample.l_m;
  }
  return track_at(line_, place_m);
}

double Templates::fuel_per_lap_kg() const {
  return marks(0, {2, 2, false}).fuel_kg.back();
}

}  // namespace racesim::race
