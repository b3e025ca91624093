// A session as a small plan: when every car passes every checkpoint, on which tyres, under which flags. All
// dense data is rendered from it. Times are whole milliseconds since lights out (or since the session's
// begin). Model figures: shared facts of the race layer (public parameters of TUMFTM's race simulation, real
// timing).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "model/race.h"
#include "sim/race/plan/race_input.h"
#include "sim/race/plan/standings.h"

namespace racesim::race {

/// Which path a piece runs along.
enum class Way : std::uint8_t {
  line,   ///< the racing line
  start,  ///< from the grid slot until its last checkpoint
  pit,    ///< the pit way
  grid,   ///< behind a red flag: to a grid slot, and from it to the line, where a start begins
};

/// A car at a checkpoint; see RacePlan::checkpoint_of() and lap_of().
struct Pass {
  std::int64_t time_ms;
  std::int32_t fuel_g;
};

/// From pass i to pass i + 1.
struct Piece {
  Way way = Way::line;
  bool ramp = false;  ///< flags or a slow car: the ratio may differ by 15 % from its neighbours'
  Bucket bucket;      ///< of the template, where way is line
  float ratio = 1;    ///< time, less the standstill, over the template's
};

struct LapPlan {
  std::int64_t begin_ms;  ///< the first one of a race: lights out; one from the box: the car leaves it
  std::int64_t end_ms;
  std::array<std::int64_t, 3> sector_ms;
  Compound compound;            ///< at the lap's begin
  std::uint16_t tyre_age_laps;  ///< full laps before this one
  std::uint16_t stint;          ///< from 1
  float wear_begin_pct;
  float wear_end_pct;  ///< of the tyres that ended the lap
  bool pit_in;
  bool pit_out;
  bool neutral;   ///< flags or traffic laws shaped it: safety car, VSC, yellow
  bool is_valid;  ///< false: deleted for track limits
  bool from_box;  ///< it begins in the box, and so has no time (qualifying, practice)
};

struct PitStop {
  std::uint32_t entry_pass;  ///< begin of the pit way
  std::uint32_t exit_pass;   ///< its end; not behind the entry: it did not come out again
  std::int64_t arrive_ms;    ///< stands still
  std::int64_t leave_ms;
  Compound fitted;
  std::uint16_t queue = 0;  ///< place from 1 in the queue at the pit exit, under a red flag; 0: its box
};

/// A standing start behind a red flag.
struct Restart {
  std::uint32_t pass;  ///< begin of the piece in which it stands
  std::uint16_t slot;  ///< from 1
  std::int64_t arrive_ms;
  std::int64_t lights_ms;  ///< they go out
  std::int64_t go_ms;      ///< the wheels turn
};

enum class Cause : std::uint8_t { none, accident, failure };

/// What a driver is punished for.
enum class Fault : std::uint8_t { track_limits, pit_speeding, collision };

/// Seconds that a car stands at its next stop before work begins; if it has none, they are added to its
/// result.
struct Penalty {
  std::int64_t time_ms = 0;  ///< given
  std::uint32_t lap = 0;     ///< of the car
  std::uint16_t seconds = 0;
  Fault fault = Fault::track_limits;
  bool served = false;
};

/// The car drives on from its last pass and halts soon after (accident, failure on track) or in its box.
struct Retirement {
  Cause cause = Cause::none;  ///< none: it did not retire
  bool in_pit = false;
  std::uint32_t last_pass = 0;
  std::int64_t halt_ms = 0;
  std::string reason;  ///< "gearbox"
};

struct CarPlan {
  std::uint32_t entry = 0;  ///< index into the input's entries
  std::uint16_t grid = 0;   ///< slot from 1; in qualifying and practice the order of leaving
  std::int64_t go_ms = 0;   ///< the wheels turn: reaction to the lights, or the first leaving of the box
  Compound start_compound = Compound::medium;
  /// Number of the first pass: 0 in a race, the pit entry in other sessions, which begin with the car on its
  /// way to its box, before time zero.
  std::uint32_t first_pass = 0;
  std::vector<Pass> passes;
  std::vector<Piece> pieces;  ///< one fewer than passes, or none
  std::vector<LapPlan> laps;  ///< complete ones
  std::vector<PitStop> stops;
  std::vector<Restart> restarts;
  std::vector<Penalty> penalties;    ///< by time
  std::uint32_t counted_passes = 0;  ///< so many count for the result; 0: all
  Retirement retirement;
  bool finished = false;       ///< took the chequered flag; the last pass is that moment
  std::uint16_t position = 0;  ///< in the result, from 1
  bool classified = false;     ///< its place in the result counts
  std::uint16_t points = 0;
  std::int64_t best_lap_ms = 0;                   ///< 0: none
  std::array<std::int64_t, 3> part_best_ms{};     ///< in Q1, Q2, Q3; practice: in the first; 0: none
  std::array<std::int64_t, 3> part_best_at_ms{};  ///< when it was set: of equal times the earlier is ahead

  /// Seconds not served: added to the result.
  std::uint32_t added_s() const {
    std::uint32_t sum_s = 0;
    for (const Penalty& p : penalties) sum_s += p.served ? 0 : p.seconds;
    return sum_s;
  }
};

enum class Flag : std::uint8_t { none, green, yellow, double_yellow, red, blue, chequered, sc, vsc, restart };
enum class Category : std::uint8_t {
  flag,
  safety_car,
  retirement,
  overtake,
  fastest_lap,
  pit,
  track_limits,
  penalty
};
enum class Scope : std::uint8_t { track, sector, driver };

struct ControlMessage {
  std::int64_t time_ms = 0;
  std::uint32_t lap = 0;  ///< the leader's, or of the car it is about
  Category category = Category::flag;
  Flag flag = Flag::none;
  Scope scope = Scope::track;
  std::uint8_t sector = 0;  ///< 1 to 3, 0: none
  std::uint32_t car = 0;    ///< start number, 0: none
  std::string text;
  std::uint16_t seconds = 0;  ///< of a penalty
  std::string reason;         ///< of a penalty
};

/// A stretch of time under one flag.
struct FlagPhase {
  Flag flag = Flag::none;
  std::int64_t begin_ms = 0;
  std::int64_t end_ms = 0;
  std::uint32_t checkpoint = 0;  ///< yellow: where
};

/// Qualifying has three, practice one.
struct SessionPart {
  std::int64_t begin_ms;
  std::int64_t end_ms;              ///< a lap begun before counts
  std::vector<std::uint32_t> cars;  ///< indices into RacePlan::cars
};

struct RacePlan {
  SessionKind kind = SessionKind::race;
  bool fastest_lap_point = false;
  bool sprint = false;
  std::uint32_t checkpoints = 0;         ///< n
  std::uint32_t laps = 0;                ///< the distance; less where time was up
  std::vector<CarPlan> cars;             ///< in the order of the entries
  std::vector<ControlMessage> messages;  ///< by time
  std::vector<FlagPhase> phases;
  std::vector<SessionPart> parts;  ///< none in a race
  Standings standings;
  std::uint32_t fastest_car = 0;  ///< index into cars
  std::int64_t fastest_lap_ms = 0;
  std::uint32_t counted_laps = 0;  ///< the race ended under a red flag, with so many laps; 0: it did not
  std::int64_t end_ms = 0;         ///< nothing happens any more

  /// Whether the lap's time may be a best one.
  bool counts(const LapPlan& lap) const {
    return lap.is_valid && !lap.from_box && (kind == SessionKind::race || !lap.pit_in);
  }
  /// Complete laps of a car of a race that count for its result.
  std::size_t counted_laps_of(const CarPlan& car) const {
    return car.counted_passes > 0 ? (car.counted_passes - 1) / checkpoints : car.laps.size();
  }
  /// Where pass i (an index into passes) is.
  std::uint32_t checkpoint_of(const CarPlan& car, std::size_t i) const {
    return static_cast<std::uint32_t>((car.first_pass + i) % checkpoints);
  }
  /// In which lap, from 1; 0: before the first. laps[l] is lap l + 1.
  std::uint32_t lap_of(const CarPlan& car, std::size_t i) const {
    return static_cast<std::uint32_t>((car.first_pass + i) / checkpoints +
                                      (kind == SessionKind::race ? 1 : 0));
  }
};

/// A pure function of `input`, which must be well formed (checked: programmer errors). About 5 ms. Any
/// thread.
RacePlan plan_session(const PlanInput& input);

}  // namespace racesim::race
