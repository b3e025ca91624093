// Race control while a session is planned: which flags hold, from when to when, and what it tells the teams.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/race/plan/incidents.h"
#include "sim/race/plan/race_plan.h"

namespace racesim::race {

/// A virtual safety car is said to end so long before it does.
inline constexpr std::int64_t kVscWarning_ms = 12'000;

class RaceControl {
 public:
  explicit RaceControl(const PlanInput& input, RacePlan& out);

  /// Time goes on: ends what is over. Call before each pass.
  void advance(std::int64_t now_ms);
  /// The first car of the field takes up `lap`.
  void leader_begins(std::uint32_t lap, std::int64_t now_ms);
  /// The first car is in the second half of its lap: time to say that the safety car comes in.
  void leader_halfway(std::int64_t now_ms);
  void answer(const Incident& incident, std::uint32_t checkpoint, std::int64_t now_ms);
  /// The flag for the field from now on: green, vsc or sc.
  Flag field_flag() const { return flag_; }
  /// Since when it holds.
  std::int64_t flag_since_ms() const { return flag_since_ms_; }
  /// The safety car turns in at the end of this lap.
  bool restart_near() const { return flag_ == Flag::sc && leader_lap_ + 1 >= end_lap_; }
  /// How long a red flag has held, before the present one: not counted in the two hours of a race.
  std::int64_t stopped_ms() const { return stopped_ms_; }
  /// Under a red flag: when the pit exit opens at the earliest.
  std::int64_t resume_ms() const { return resume_ms_; }
  /// Likewise: the race will not go on.
  bool gives_up() const { return gives_up_; }
  /// The leader's lap when the race was stopped.
  std::uint32_t stopped_in_lap() const { return stopped_in_lap_; }
  /// The field is on its way from the pit lane to the grid.
  bool goes_on() const { return goes_on_; }
  void go_on(std::int64_t told_ms, std::int64_t open_ms);
  /// Lights out.
  void restart(std::int64_t now_ms);
  void end_race(std::int64_t now_ms);
  /// How much slower a piece is driven for yellow flags; 1: none waved there.
  double yellow_factor(std::uint32_t piece) const;
  bool drs_allowed() const { return flag_ == Flag::green && leader_lap_ >= drs_from_lap_; }
  std::uint32_t leader_lap() const { return leader_lap_; }
  /// Ends what still runs.
  void close(std::int64_t now_ms);

  void say(std::int64_t time_ms, std::uint32_t lap, Category category, Flag flag, Scope scope,
           std::uint8_t sector, std::uint32_t car, std::string text);
  /// A time penalty for car `car`.
  void punish(std::int64_t time_ms, std::uint32_t lap, std::uint32_t car, std::uint16_t seconds,
              std::string reason, std::string text);
  /// 1 to 3.
  std::uint8_t sector_of(std::uint32_t checkpoint) const;

 private:
  struct Yellow {
    std::size_t phase;
    std::uint32_t checkpoint;
    bool twice;
    std::int64_t end_ms;
  };
  void begin(std::int64_t now_ms);
  void suspend(std::int64_t now_ms);
  void back_to_green(std::int64_t now_ms);
  void wave_yellow(std::uint32_t checkpoint, bool twice, std::int64_t now_ms, std::int64_t length_ms);

  const PlanInput& input_;
  RacePlan& out_;
  std::uint32_t checkpoints_;
  Flag flag_ = Flag::green;
  std::int64_t flag_since_ms_ = 0;
  std::size_t phase_ = 0;
  std::uint32_t leader_lap_ = 1;
  Flag called_ = Flag::none;  ///< decided, shown at called_ms_
  std::int64_t called_ms_ = 0;
  std::uint32_t called_laps_ = 0;
  std::int64_t called_length_ms_ = 0;
  std::uint32_t end_lap_ = 0;  ///< the safety car is gone when the leader takes this lap up
  bool end_said_ = false;
  std::int64_t vsc_end_ms_ = 0;
  std::uint32_t drs_from_lap_ = 3;
  std::int64_t resume_ms_ = 0;
  std::int64_t stopped_ms_ = 0;
  std::uint32_t stopped_in_lap_ = 0;
  bool gives_up_ = false;
  bool goes_on_ = false;
  std::vector<Yellow> yellows_;
};

}  // namespace racesim::race
