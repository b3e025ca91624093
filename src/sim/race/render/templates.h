// All that is baked for a session: laps under every condition, starts from every grid slot, the way through
// the pit lane to every box. A lap is baked when it is first driven, which changes no byte: plans are made
// from marks, which are between those of a few laps baked at once. timeline.h has the picture of what
// follows.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "sim/race/car/car_model.h"
#include "sim/race/car/drive.h"
#include "sim/race/car/template.h"
#include "sim/race/plan/race_input.h"
#include "sim/race/render/aside.h"
#include "sim/race/render/segment.h"
#include "sim/race/track/path.h"
#include "sim/race/track/track.h"

namespace racesim::race {

/// Step of the fuel axis: laps of neighbouring ones differ by some 0.6 s, which the warp covers.
inline constexpr double kFuelStep_kg = 20;

/// What a drive has come to at the places where it is cut into pieces.
struct Marks {
  std::vector<double> tau_s;      ///< when it is there
  std::vector<double> speed_mps;  ///< how fast
  std::vector<double> fuel_kg;    ///< burnt until there
  std::vector<double> wear;       ///< likewise, as a share of a flying lap's
};

/// Fuel and wear between two places.
struct Spent {
  double fuel_kg = 0;
  double wear = 0;
};

/// From the place `from` to the next one.
inline Spent spent_between(const Marks& marks, std::size_t from) {
  return {marks.fuel_kg[from + 1] - marks.fuel_kg[from], marks.wear[from + 1] - marks.wear[from]};
}
/// From the place `from` to the place `to`.
inline Spent spent_between(const Marks& marks, std::size_t from, std::size_t to) {
  return {marks.fuel_kg[to] - marks.fuel_kg[from], marks.wear[to] - marks.wear[from]};
}

/// A template with the path that it was baked along and the places where it is cut into pieces.
struct BakedDrive {
  const PathGrid* path = nullptr;
  Template drive;
  std::vector<double> l_m;  ///< along the path: of the checkpoints it passes, its begin and end included
  Marks marks;              ///< there
  /// Of ways with a halt: the places where pieces meet, which leave out the lines of the pit lane's speed
  /// limit, unless a checkpoint is there.
  std::vector<std::size_t> meets;
  /// The pit lane's speed limit holds between these places; equal: nowhere.
  std::size_t limit_from = 0, limit_to = 0;
};

/// Through the pit lane with a halt: from checkpoint `entry` to the box, and from the box to checkpoint
/// `exit`. l_m counts from `entry` in `in` and from the box in `out`.
struct PitDrive {
  BakedDrive in;   ///< its checkpoints: entry, …, the last before the box; then the box
  BakedDrive out;  ///< the box; then the first behind it, …, exit
};

/// Fills in the marks of `baked` at its places.
void read_marks(BakedDrive& baked);

/// Grid points [from, to] of `path` as an open path of its own; s is kept.
Path cut_path(const Path& path, std::size_t from, std::size_t to);

/// Any thread. Grid slots are numbered from 0, the pole.
class Templates {
 public:
  /// `track` outlives this. One set of laps per car model, with the power of a session of that kind.
  Templates(const Track& track, std::vector<CarModel> models, std::uint32_t slots, SessionKind kind);

  /// Baked when first asked for, in about a millisecond.
  const BakedDrive& lap(std::uint32_t model, Bucket bucket) const;
  /// Of lap(), to some milliseconds, without baking it.
  const Marks& marks(std::uint32_t model, Bucket bucket) const { return marks_[slot_of(model, bucket)]; }

  /// Races only.
  const BakedDrive& start(std::uint32_t slot) const { return *starts_[slot]; }
  /// From the pit entry to a place of its own in parc fermé, for each of the slots; the first is the deepest
  /// in the lane. Races only.
  const BakedDrive& park(std::uint32_t place) const { return *parks_[place]; }
  const PitDrive& pit(std::uint32_t box) const { return *pits_[box % pits_.size()]; }

  /// To a place in the queue at the pit exit and away, from 0, the first; of races only. Few races are
  /// stopped: these are baked when first asked for.
  const PitDrive& queue(std::uint32_t place) const { return *red_ways().queue[place]; }
  /// From checkpoint grid_entry() to a grid slot, and from it to the timing line; likewise.
  const PitDrive& to_grid(std::uint32_t slot) const { return *red_ways().to_grid[slot]; }

  std::uint32_t grid_entry() const { return grid_entry_; }
  std::uint32_t pit_entry() const { return pit_entry_; }
  std::uint32_t pit_exit() const { return pit_exit_; }
  const Path& line() const { return line_; }
  const PathGrid& line_grid() const { return line_grid_; }
  const Track& track() const { return track_; }
  const CarModel& model(std::uint32_t index) const { return models_[index]; }

  /// What the plan needs of all this, from the marks.
  std::vector<PieceTable> piece_tables() const;
  std::vector<PitWay> pit_ways() const;
  std::vector<StartWay> start_ways() const;
  std::vector<PitWay> queue_ways() const;
  std::vector<PitWay> grid_ways() const;
  double fuel_per_lap_kg() const;
  /// From the racing line to the middle lane at a checkpoint, + = left.
  double lane_shift_m(std::size_t checkpoint) const;
  /// Along the centreline: where a fast lap is fastest, between the pit lane's exit and entry.
  double fastest_place_m() const;

 private:
  struct LapSlot {
    std::once_flag once;
    BakedDrive lap;
  };

  /// Behind a red flag.
  struct RedWays {
    std::vector<std::unique_ptr<PitDrive>> queue, to_grid;  ///< by place, by slot
  };

  const RedWays& red_ways() const;
  std::size_t slot_of(std::uint32_t model, Bucket bucket) const;
  BakedDrive bake_lap(std::uint32_t model, Bucket bucket) const;
  void mark_laps(std::uint32_t model);
  void bake_starts(std::uint32_t slots);
  void find_grid_entry(std::uint32_t slots);
  void bake_pits();
  void bake_parks(std::uint32_t slots);
  void bake_to_grid() const;
  void bake_queue() const;
  void bake_way_in(const Path& way, double halt_m, double braking, BakedDrive& in) const;
  void bake_way_out(const Path& way, double halt_m, BakedDrive& out) const;
  /// Through the lane with a halt at `halt_m` of `way`, the whole way.
  std::unique_ptr<PitDrive> bake_pit(const Path& way, double halt_m) const;
  bool make_room(const PitDrive& pit);
  /// Along the pit way: the checkpoints that it passes, its begin and end included.
  std::vector<double> checkpoints_of(const Path& way) const;
  double limit_begin_m(const Path& way) const;
  double limit_end_m(const Path& way) const;
  const PathGrid& keep(const Path& path) const;
  const PathGrid& keep_on_road(const Path& path) const;
  PieceTable piece_table(std::uint32_t model) const;

  const Track& track_;
  std::vector<CarModel> models_;
  Conditions conditions_;  ///< what all drives share: electric power, air
  Path line_;
  Curve centre_;
  LaneBand band_;
  PathGrid line_grid_;
  std::vector<Stretch> drs_;
  std::vector<double> checkpoints_m_;  ///< along the racing line, the lap's end included
  std::uint32_t pit_entry_ = 0, pit_exit_ = 0;
  mutable std::vector<std::unique_ptr<PathGrid>> grids_;  ///< grows when made, and in red_ways()
  mutable std::vector<std::unique_ptr<LapSlot>> laps_;
  std::vector<Marks> marks_;  ///< as laps_
  std::vector<std::unique_ptr<BakedDrive>> starts_;
  std::vector<std::unique_ptr<PitDrive>> pits_;
  std::vector<std::unique_ptr<BakedDrive>> parks_;
  std::uint32_t grid_entry_ = 0;
  mutable std::once_flag red_once_;
  mutable RedWays red_ways_;
};

}  // namespace racesim::race
