#include "sim/race/plan/race_control.h"

#include <algorithm>

#include "sim/race/plan/draws.h"

namespace racesim::race {
namespace {

constexpr std::int64_t kYellow_ms = 2'000;  ///< until the marshals wave
constexpr std::int64_t kCall_ms = 9'000;    ///< until race control has seen enough
constexpr std::uint32_t kDrsFirstLap = 3;
constexpr std::uint32_t kDrsPause_laps = 2;  ///< after a safety car
constexpr std::uint32_t kRacing_laps = 3;    ///< into the pit lane, to the grid, and one to race
constexpr double kGiveUp = 0.5;
constexpr std::int64_t kRedCall_ms = 20'000;  ///< until a heavy accident is seen to be one
constexpr double kYellow = 1.03;
constexpr double kDoubleYellow = 1.09;

}  // namespace

RaceControl::RaceControl(const PlanInput& input, RacePlan& out)
    : input_(input), out_(out), checkpoints_(input.piece_tables[0].pieces) {
  if (input.kind != SessionKind::race) drs_from_lap_ = 0;
  say(0, 1, Category::flag, Flag::green, Scope::track, 0, 0,
      input.kind == SessionKind::race ? "LIGHTS OUT" : "GREEN LIGHT - PIT EXIT OPEN");
}

void RaceControl::say(std::int64_t time_ms, std::uint32_t lap, Category category, Flag flag, Scope scope,
                      std::uint8_t sector, std::uint32_t car, std::string text) {
  out_.messages.push_back({time_ms, lap, category, flag, scope, sector, car, std::move(text), 0, {}});
}

void RaceControl::punish(std::int64_t time_ms, std::uint32_t lap, std::uint32_t car, std::uint16_t seconds,
                         std::string reason, std::string text) {
  out_.messages.push_back({time_ms, lap, Category::penalty, Flag::none, Scope::driver, 0, car,
                           std::move(text), seconds, std::move(reason)});
}

std::uint8_t RaceControl::sector_of(std::uint32_t checkpoint) const {
  return checkpoint < input_.sector_ends[0] ? 1 : checkpoint < input_.sector_ends[1] ? 2 : 3;
}

void RaceControl::begin(std::int64_t now_ms) {
  const Flag flag = called_;
  called_ = Flag::none;
  if (flag_ != Flag::green) out_.phases[phase_].end_ms = now_ms;
  flag_ = flag;
  flag_since_ms_ = now_ms;
  end_said_ = false;
  end_lap_ = leader_lap_ + called_laps_;
  vsc_end_ms_ = now_ms + called_length_ms_;
  phase_ = out_.phases.size();
  out_.phases.push_back({flag, now_ms, now_ms, 0});
  if (flag == Flag::red) return suspend(now_ms);
  say(now_ms, leader_lap_, Category::safety_car, flag, Scope::track, 0, 0,
      flag == Flag::sc ? "SAFETY CAR DEPLOYED" : "VIRTUAL SAFETY CAR DEPLOYED");
}

void RaceControl::suspend(std::int64_t now_ms) {
  const Draws draws(input_.seed, "race.red", 1);
  // Ten minutes to forty, more often a quarter of an hour than half an hour.
  const double u = draws.uniform(0);
  resume_ms_ = now_ms + static_cast<std::int64_t>((10 + 30 * u * u) * 60'000);
  stopped_in_lap_ = leader_lap_;
  // With three quarters of the distance driven, full points are earned, and nobody has to wait.
  const bool enough = 4 * (leader_lap_ - 1) >= 3 * input_.laps;
  gives_up_ = enough && draws.chance(1, kGiveUp);
  say(now_ms, leader_lap_, Category::flag, Flag::red, Scope::track, 0, 0, "RED FLAG");
}

void RaceControl::go_on(std::int64_t told_ms, std::int64_t open_ms) {
  goes_on_ = true;
  say(told_ms, leader_lap_, Category::flag, Flag::none, Scope::track, 0, 0,
      "RACE WILL RESUME IN " + std::to_string((open_ms - told_ms) / 60'000) + " MINUTES");
  say(open_ms, leader_lap_, Category::flag, Flag::none, Scope::track, 0, 0, "PIT EXIT OPEN - STANDING START");
}

void RaceControl::restart(std::int64_t now_ms) {
  goes_on_ = false;
  out_.phases[phase_].end_ms = now_ms;
  flag_ = Flag::green;
  flag_since_ms_ = now_ms;
  drs_from_lap_ = leader_lap_ + 1 + kDrsPause_laps;
  stopped_ms_ += now_ms - out_.phases[phase_].begin_ms;
  say(now_ms, leader_lap_, Category::flag, Flag::restart, Scope::track, 0, 0, "RESTART - LIGHTS OUT");
}

void RaceControl::end_race(std::int64_t now_ms) {
  say(now_ms, leader_lap_, Category::flag, Flag::none, Scope::track, 0, 0, "RACE WILL NOT BE RESUMED");
  say(now_ms, leader_lap_, Category::flag, Flag::chequered, Scope::track, 0, 0, "CHEQUERED FLAG");
}

void RaceControl::back_to_green(std::int64_t now_ms) {
  out_.phases[phase_].end_ms = now_ms;
  flag_ = Flag::green;
  flag_since_ms_ = now_ms;
  say(now_ms, leader_lap_, Category::flag, Flag::green, Scope::track, 0, 0, "TRACK CLEAR");
}

void RaceControl::advance(std::int64_t now_ms) {
  // A race that is all but over is not stopped.
  if (called_ == Flag::red && leader_lap_ + kRacing_laps > input_.laps) called_ = Flag::none;
  if (called_ != Flag::none && now_ms >= called_ms_) begin(called_ms_);
  if (flag_ == Flag::vsc) {
    if (!end_said_ && now_ms >= vsc_end_ms_ - kVscWarning_ms) {
      end_said_ = true;
      say(now_ms, leader_lap_, Category::safety_car, Flag::vsc, Scope::track, 0, 0,
          "VIRTUAL SAFETY CAR ENDING");
    }
    if (now_ms >= vsc_end_ms_) back_to_green(vsc_end_ms_);
  }
  for (const Yellow& y : yellows_)
    if (now_ms >= y.end_ms)
      say(y.end_ms, leader_lap_, Category::flag, Flag::green, Scope::sector, sector_of(y.checkpoint), 0,
          "CLEAR IN SECTOR " + std::to_string(sector_of(y.checkpoint)));
  std::erase_if(yellows_, [&](const Yellow& y) { return now_ms >= y.end_ms; });
}

void RaceControl::leader_begins(std::uint32_t lap, std::int64_t now_ms) {
  leader_lap_ = lap;
  if (flag_ == Flag::sc && lap >= end_lap_) {
    back_to_green(now_ms);
    drs_from_lap_ = std::max(kDrsFirstLap, lap + kDrsPause_laps);
  }
}

void RaceControl::leader_halfway(std::int64_t now_ms) {
  if (!restart_near() || end_said_) return;
  end_said_ = true;
  say(now_ms, leader_lap_, Category::safety_car, Flag::sc, Scope::track, 0, 0, "SAFETY CAR IN THIS LAP");
}

void RaceControl::answer(const Incident& incident, std::uint32_t checkpoint, std::int64_t now_ms) {
  const Draws draws(input_.seed, "race.control", incident.entry);
  if (incident.response == Response::none || flag_ == Flag::red) return;
  const bool twice = incident.response != Response::yellow;
  const bool call = incident.response == Response::sc || incident.response == Response::vsc;
  const double length_s = draws.between(incident.lap, 25, 60);
  wave_yellow(checkpoint, twice, now_ms + kYellow_ms, static_cast<std::int64_t>(length_s * 1000.0));
  if (called_ == Flag::red) return;
  if (incident.response == Response::red) {
    called_ = Flag::red;
    called_ms_ = now_ms + kRedCall_ms;
    return;
  }
  if (flag_ == Flag::sc || called_ == Flag::sc || !call) return;
  if (incident.response == Response::vsc && (flag_ == Flag::vsc || called_ == Flag::vsc)) return;
  called_ = incident.response == Response::sc ? Flag::sc : Flag::vsc;
  called_ms_ = now_ms + kCall_ms;
  called_laps_ = incident.laps;
  called_length_ms_ = static_cast<std::int64_t>(draws.between(incident.lap + 1000, 60, 200) * 1000);
}

void RaceControl::wave_yellow(std::uint32_t checkpoint, bool twice, std::int64_t now_ms,
                              std::int64_t length_ms) {
  const Flag flag = twice ? Flag::double_yellow : Flag::yellow;
  yellows_.push_back({out_.phases.size(), checkpoint, twice, now_ms + length_ms});
  out_.phases.push_back({flag, now_ms, now_ms + length_ms, checkpoint});
  say(now_ms, leader_lap_, Category::flag, flag, Scope::sector, sector_of(checkpoint), 0,
      std::string(twice ? "DOUBLE YELLOW" : "YELLOW") + " IN SECTOR " +
          std::to_string(sector_of(checkpoint)));
}

double RaceControl::yellow_factor(std::uint32_t piece) const {
  double factor = 1;
  for (const Yellow& y : yellows_) {
    const std::uint32_t ahead = (y.checkpoint + checkpoints_ - piece) % checkpoints_;
    const double full = y.twice ? kDoubleYellow : kYellow;
    if (ahead == 0) factor = std::max(factor, full);
    if (ahead == 1 || ahead + 1 == checkpoints_) factor = std::max(factor, 1 + (full - 1) * 0.6);
  }
  return factor;
}

void RaceControl::close(std::int64_t now_ms) {
  if (flag_ != Flag::green) out_.phases[phase_].end_ms = now_ms;
}

}  // namespace racesim::race
