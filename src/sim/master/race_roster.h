// The people, teams and cars of a race series that does not exist, as the generators of drivers, teams and
// cars share them: made at once for all rows, since codes and numbers must not repeat.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace racesim {

/// Cars that fit on a grid; start numbers end at 99.
inline constexpr std::uint64_t kMaxRaceCars = 40;

struct RosterTeam {
  std::string id;
  std::string name;
  std::string country;
  double pit_crew_s;
  double pace_loss_s;
  double top_speed_kmh;
  double failure_share;
};

struct RosterDriver {
  std::string id;
  std::string name;
  std::string country;
  std::uint8_t number;
  double pace_loss_s;
  double lap_noise;
  double start_skill;
  double overtaking;
  double defending;
  double accident_share;
};

/// Two drivers per team, in the teams' order; car i is driver i's, of team i / 2. The order says nothing of
/// speed.
struct RaceRoster {
  std::vector<RosterTeam> teams;
  std::vector<RosterDriver> drivers;
};

/// A pure function; `cars` from 1 to kMaxRaceCars. A longer roster begins with the shorter one's codes and
/// names.
RaceRoster make_race_roster(std::uint64_t seed, std::uint64_t cars);

}  // namespace racesim
