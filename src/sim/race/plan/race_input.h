// What the plan of a session is made from: who takes part, and how fast the track lets a car be. Times come
// from the baked templates, so that a plan never asks for more than the car can do. Plain values, no
// ownership.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace racesim::race {

enum class SessionKind : std::uint8_t { race, qualifying, practice };

/// One car with its driver. All shares are 0 to 1.
struct Entry {
  std::uint32_t car = 0;     ///< start number, unique
  std::string driver;        ///< three letters
  std::uint32_t team = 0;    ///< cars of a team share a pit box: pit_ways[team % size]
  std::uint32_t model = 0;   ///< index into piece_tables
  double pace_loss_s = 0;    ///< car and driver, per lap, against the fastest imaginable
  double noise = 1;          ///< factor on the spread of lap times; 1 is the mean driver
  double start_skill = 0.5;  ///< 1: always away at once
  double overtaking = 0.5;
  double defending = 0.5;
  double top_speed_kmh = 0;       ///< edge over the mean car
  double accident_share = 0.065;  ///< probability per race
  double failure_share = 0.07;    ///< probability per race
  double pit_crew_s = 0.8;        ///< the crew's mean standstill beyond 1.9 s
};

/// Conditions of a template, as steps; see PieceTable.
struct Bucket {
  std::uint8_t fuel = 0;
  std::uint8_t grip = 0;
  bool drs = false;
  bool operator==(const Bucket&) const = default;
};

/// The shortest times of the pieces of the racing line. Piece k leads from checkpoint k to k + 1, the last
/// one to the timing line.
struct PieceTable {
  std::uint32_t pieces = 0;  ///< as many as checkpoints
  std::uint32_t fuels = 0;   ///< fuel bucket f holds for f · fuel_step_kg and more
  std::uint32_t grips = 0;   ///< grip bucket g holds for a grip of 1 − g · grip_step
  double fuel_step_kg = 10;
  double grip_step = 0.01;
  std::vector<double> seconds;  ///< [((fuel · grips + grip) · 2 + drs) · pieces + piece]

  double at(Bucket b, std::uint32_t piece) const {
    const std::size_t row = (static_cast<std::size_t>(b.fuel) * grips + b.grip) * 2 + (b.drs ? 1 : 0);
    return seconds[row * pieces + piece];
  }
  double lap_s(Bucket b) const {
    double sum_s = 0;
    for (std::uint32_t k = 0; k < pieces; ++k) sum_s += at(b, k);
    return sum_s;
  }
};

/// Where the gap is read and which pieces have the wing open, with that gap below a second.
struct DrsPieces {
  std::uint32_t detection;  ///< checkpoint, not after first_piece
  std::uint32_t first_piece;
  std::uint32_t last_piece;
};

/// The way through the pit lane: leaves the racing line at checkpoint `entry` of one lap and joins it at
/// `exit` of the next, past the checkpoints between.
struct PitWay {
  std::uint32_t entry = 0;
  std::uint32_t exit = 0;
  std::vector<double> piece_s;  ///< at full legal speed with halting at the box, (n − entry) + exit of them
  std::uint32_t box_piece = 0;  ///< index into piece_s: the box stands there
  double to_box_s = 0;          ///< from the begin of that piece to standstill
};

/// From lights out to checkpoints 0, 1, …, m at full power, for one grid slot; from m on the racing line
/// holds.
struct StartWay {
  std::vector<double> reach_s;  ///< at least two, ascending
};

struct PlanInput {
  SessionKind kind = SessionKind::race;
  std::uint64_t seed = 42;
  std::uint32_t laps = 52;
  bool sprint = false;              ///< a race without stops
  bool fastest_lap_point = false;   ///< a Grand Prix has one: the rules until 2024
  std::int64_t time_limit_ms = 0;   ///< of a race: when so long has passed the next lap is the last; 0: none
  std::vector<std::uint32_t> grid;  ///< of a race: entries by slot; empty: drawn around their pace
  std::uint32_t minutes = 60;       ///< of a practice session
  std::vector<Entry> entries;
  std::uint32_t sector_ends[2] = {0, 0};  ///< checkpoints
  std::vector<PieceTable> piece_tables;   ///< one per car model, all with the same pieces and buckets
  std::vector<DrsPieces> drs_zones;       ///< empty: the rules know no DRS
  std::vector<PitWay> pit_ways;           ///< one per box; same entry and exit
  std::vector<StartWay> start_ways;       ///< one per grid slot, as many as entries
  std::vector<PitWay> queue_ways;         ///< to a place in the queue at the pit exit; none: no red flag
  std::vector<PitWay> grid_ways;          ///< to a grid slot and on to the line (exit 0), if there are those
  double fuel_per_lap_kg = 1.87;
};

}  // namespace racesim::race
