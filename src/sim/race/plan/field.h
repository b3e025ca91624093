// All cars of a session, moved from checkpoint to checkpoint in the order of time. Whoever passes a
// checkpoint settles when he is at the next one: that orders everything, since those ahead have settled
// before.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/race/plan/draws.h"
#include "sim/race/plan/incidents.h"
#include "sim/race/plan/pace.h"
#include "sim/race/plan/race_control.h"
#include "sim/race/plan/race_plan.h"
#include "sim/race/plan/strategy.h"

namespace racesim::race {

/// Out of the queue behind a red flag, against the template.
inline constexpr double kQueueOut = 1.5;

/// What a lap of qualifying or practice is driven for.
enum class LapKind : std::uint8_t { push, run, out, cool, in };

/// From the box and back.
struct Stint {
  std::int64_t leave_ms;  ///< at the earliest
  Compound compound;
  double fuel_kg;
  std::vector<LapKind> laps;  ///< behind the out-lap, before the in-lap
};

/// A car on its way. Passes before `next` are in the plan; `time_ms` is when `next` is passed.
struct Runner {
  const Entry* entry = nullptr;
  const LapTimes* times = nullptr;
  const PitWay* pit = nullptr;
  CarPlan* out = nullptr;
  Strategy strategy;
  std::uint32_t index = 0;
  std::uint32_t next = 0;
  std::int64_t time_ms = 0;
  bool moving = true;
  Way way = Way::line;

  double pace_loss_s = 0;  ///< per lap, of the car and its driver on this day
  double target_s = 0;     ///< this lap, alone
  double clear = 1;        ///< target over the template's lap
  double ratio = 1;        ///< of the last piece
  Bucket bucket;
  bool ramp = false;  ///< under flags, or still on the way back to racing speed
  double lap_noise_s = 0;
  double piece_noise = 0;
  std::uint16_t queue = 0;       ///< place in the queue at the pit exit, from 1; 0: not in it
  bool waits = false;            ///< stands there, or on the grid behind a red flag
  std::int64_t arrive_ms = 0;    ///< stands since
  std::uint32_t slot = 0;        ///< on the grid, from 0, of the last start
  std::uint32_t start_pass = 0;  ///< at the line behind it
  double launch = 1;             ///< ratio of the standing start, behind the first metres
  double press = 0;              ///< share that a duel or a blue flag costs in the next piece
  std::uint32_t drs_zones = 0;   ///< bit per zone: may open it

  Compound compound = Compound::medium;
  Compound lap_compound = Compound::medium;
  std::uint32_t age_laps = 0;
  std::uint32_t lap_age_laps = 0;
  std::uint32_t stint = 1;
  double fuel_kg = 0;
  double wear_pct = 0;
  double lap_wear_pct = 0;
  bool cold = true;

  std::uint32_t passing = kNobody;      ///< agreed: ahead of this car at the next checkpoint …
  std::int64_t passing_ms = 0;          ///< … at this time
  std::uint32_t yielding_to = kNobody;  ///< gives way in the piece that begins
  std::uint32_t pit_piece = 0;
  std::uint32_t planned_stop = 0;  ///< index into strategy.stops
  std::uint32_t pit_lap = 0;       ///< last in-lap
  std::uint32_t out_lap = 0;       ///< last out-lap; qualifying and practice
  bool serviced = false;           ///< in this passage of the pit lane
  bool neutral_lap = false;
  bool limping = false;          ///< slow, going to give up
  Damage damage = Damage::none;  ///< slow, on the way to its box
  std::uint8_t used = 0;         ///< bit per compound
  std::uint32_t strikes = 0;     ///< laps beyond the track's limits
  std::int64_t inquiry_ms = 0;   ///< the stewards decide then …
  std::uint16_t inquiry_s = 0;   ///< … on a penalty of so many seconds; 0: nothing to decide
  const Incident* incident = nullptr;

  std::vector<Stint> stints;  ///< of this part; qualifying and practice
  std::size_t stint_next = 0;
  Stint stint_now{};
  std::size_t stint_lap = 0;  ///< laps of it begun, the out-lap included
  LapKind kind = LapKind::in;
  double box_rest_s = 0;  ///< from the box to the piece's end

  std::uint32_t last() const { return next - 1; }
};

class Field {
 public:
  explicit Field(const PlanInput& input);
  RacePlan run();

 private:
  /// Someone's way from a checkpoint to the next, on the track.
  struct Settled {
    std::int64_t from_ms;
    std::int64_t to_ms;
    std::uint32_t car;
  };

  void line_up();
  std::vector<std::uint32_t> grid() const;
  void pass(Runner& c);
  /// False: the car has finished.
  bool cross_line(Runner& c);
  const PitWay* own_pit(const Runner& c) const {
    return &input_.pit_ways[c.entry->team % input_.pit_ways.size()];
  }
  /// In the first lap behind a standing start.
  bool has_just_started(const Runner& c) const { return c.last() < c.start_pass + n_; }
  std::uint32_t lap_of(const Runner& c) const { return c.last() / n_ + (is_race() ? 1 : 0); }
  void leave(Runner& c, std::uint32_t k);
  void choose_way(Runner& c, std::uint32_t k);
  void end_lap(Runner& c);
  std::int64_t begin_from_box(const Runner& c, std::uint32_t first) const;
  void begin_lap(Runner& c);
  void set_pace(Runner& c);
  void read_gap(Runner& c, std::uint32_t k);
  /// Opens or forbids the zones whose gap is read at `k`.
  void foresee_gap(Runner& c, std::uint32_t k, double gap_s) const;
  void burn(Runner& c, double share);
  void settle(Runner& c, std::uint32_t k, std::int64_t to_ms, const Piece& piece);

  // field_session.cpp: qualifying and practice
  bool is_race() const { return input_.kind == SessionKind::race; }
  void enter_boxes();
  bool begin_part();
  void plan_stints(Runner& c, std::int64_t begin_ms, std::int64_t end_ms);
  void take_kind(Runner& c);
  void set_session_pace(Runner& c);
  double session_ratio(Runner& c, std::uint32_t k);
  void park(Runner& c, std::int64_t arrive_ms, double rest_s);
  void unpark(Runner& c);
  std::vector<std::uint32_t> order_of_part(std::uint32_t part) const;

  // field_line.cpp: one piece of track, among others
  void drive_line(Runner& c, std::uint32_t k);
  double wanted_ratio(Runner& c, std::uint32_t k);
  double flag_ratio(const Runner& c, std::uint32_t k) const;
  double queue_ratio(const Runner& c, std::uint32_t k) const;
  bool leads(const Runner& c) const;
  double least_gap_s(const Runner& c) const;
  /// Of the template's time; a lap for the grid may take less than it.
  static double least_ratio(const Runner& c) { return c.kind == LapKind::push ? kAttack : 1; }
  std::int64_t behind_others(const Runner& c, std::uint32_t k, std::int64_t free_ms, std::int64_t latest_ms,
                             std::int64_t& hard_ms) const;
  double piece_s(const Runner& c, std::uint32_t k, Bucket& bucket) const;

  // field_duels.cpp: who gets past whom
  Runner* follower(const Runner& f, std::uint32_t k);
  double pass_share(const Runner& f, const Runner& a, std::uint32_t k) const;
  void face_follower(Runner& f, std::uint32_t k);
  void agree(Runner& f, std::uint32_t k, std::int64_t front_ms);
  void announce_pass(const Runner& a);
  double attack_edge_s(const Runner& f, const Runner& a, bool drs) const;

  // field_calls.cpp: when a car comes in, and for which tyres
  bool wants_pit(const Runner& c) const;
  bool takes_cheap_stop(const Runner& c, std::uint32_t lap) const;
  bool answers_rival(const Runner& c, std::uint32_t lap) const;
  Compound compound_for(const Runner& c, std::uint32_t left_laps) const;
  Compound take_tyres(Runner& c);

  // field_penalties.cpp: stewards
  bool breaks_limits(Runner& c, std::uint32_t number);
  void punish(Runner& c, std::int64_t now_ms, std::uint16_t seconds, Fault fault);
  std::int64_t serve_penalties_ms(Runner& c, std::int64_t arrive_ms);
  void watch_pit_lane(Runner& c);
  void blame_for(const Runner& hit, std::uint32_t k);
  void hear_stewards(Runner& c);

  // field_pit.cpp: stops and retirements
  void enter_pit(Runner& c);
  void drive_pit(Runner& c, std::uint32_t k);
  std::int64_t stand(Runner& c, std::int64_t arrive_ms);
  void change_tyres(Runner& c);

  // field_red.cpp: a race that is stopped
  bool may_queue(const Runner& c) const;
  void enter_queue(Runner& c);
  void wait(Runner& c, std::int64_t arrive_ms, double rest_s);
  /// On the way into the queue: not before the car in front is there.
  std::int64_t queue_closed_ms(const Runner& c) const;
  /// All that can move have come to rest: lets them go on. False: nobody waits.
  bool end_wait();
  void open_exit(const std::vector<Runner*>& waiting, std::int64_t arrived_ms);
  void set_off(Runner& c, Way way, double ratio, std::int64_t to_ms);
  void drive_grid(Runner& c, std::uint32_t k);
  void start_again(const std::vector<Runner*>& waiting, std::int64_t arrived_ms);
  void give_up(const std::vector<Runner*>& waiting, std::int64_t arrived_ms);

  bool meet_incident(Runner& c, std::uint32_t k);
  bool meet_own_incident(Runner& c, std::uint32_t k);
  void retire(Runner& c, std::int64_t halt_ms, bool in_pit);

  const PlanInput& input_;
  std::uint32_t n_;
  double lap_scale_ = 1;  ///< of all seconds per lap, against kReferenceLap_s
  RacePlan plan_;
  RaceControl control_;
  std::vector<LapTimes> times_;
  std::vector<Incident> incidents_;
  std::vector<Runner> cars_;
  std::vector<std::vector<Settled>> settled_;  ///< by the checkpoint they lead to
  std::vector<std::int64_t> last_pass_ms_;     ///< by checkpoint, on the track
  std::vector<std::int64_t> box_free_ms_;
  std::vector<std::uint32_t> taking_part_;  ///< in this part of the session
  std::uint32_t part_ = 0;                  ///< parts begun
  std::int64_t part_end_ms_ = 0;
  double fuel_share_ = 1;             ///< of what a lap takes at full pace: the rest is saved
  std::vector<std::uint32_t> queue_;  ///< cars in the queue, in their order
  bool chequered_ = false;
  std::uint32_t leader_pass_ = 0;
};

}  // namespace racesim::race
