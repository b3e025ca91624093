// A made-up Silverstone for tests of the race's plan: 16 checkpoints, 85.6 s with an empty tank, DRS worth
// 0.5 s, a pit lane that costs about 18 s, and a grid of twenty cars that differ by 2.3 s and their drivers
// by 0.5 s.
#pragma once

#include <array>
#include <string>

#include "sim/race/plan/draws.h"
#include "sim/race/plan/race_plan.h"

namespace racesim::race {

inline constexpr std::uint32_t kWorldCheckpoints = 16;
/// Times of the pieces; sectors of 31.9, 40.5 and 27.6 %.
inline constexpr std::array<double, kWorldCheckpoints> kWorldPiece_s{4.9, 5.6, 6.2, 5.3, 5.1, 5.0, 5.6, 5.2,
                                                                     6.1, 5.4, 4.3, 3.9, 5.2, 5.0, 6.0, 6.3};

inline PieceTable world_table() {
  PieceTable t;
  t.pieces = kWorldCheckpoints;
  t.fuels = 6;
  t.grips = 6;
  t.fuel_step_kg = 20;
  t.grip_step = 0.02;
  for (std::uint32_t f = 0; f < t.fuels; ++f)
    for (std::uint32_t g = 0; g < t.grips; ++g)
      for (int drs = 0; drs < 2; ++drs)
        for (std::uint32_t k = 0; k < t.pieces; ++k) {
          // 0.028 s per kg and 0.45 s per cent of grip, by length.
          const double share = kWorldPiece_s[k] / 85.1;
          double s = kWorldPiece_s[k] + share * (0.5 + 0.56 * f + 0.9 * g);
          if (drs == 1 && (k == 3 || k == 4 || k == 11 || k == 12)) s -= 0.125;
          t.seconds.push_back(s);
        }
  return t;
}

inline PitWay world_pit_way() {
  PitWay p;
  p.entry = 15;
  p.exit = 2;
  p.piece_s = {10.5, 15.2, 7.0};
  p.box_piece = 1;
  p.to_box_s = 5.0;
  return p;
}

inline std::vector<Entry> world_entries(std::uint64_t seed, std::uint32_t cars) {
  std::vector<Entry> entries;
  for (std::uint32_t i = 0; i < cars; ++i) {
    Entry e;
    const Draws draws(seed, "test.entry", i);
    e.car = i + 1;
    e.driver = std::string{"D"} + static_cast<char>('A' + i / 10) + static_cast<char>('A' + i % 10);
    e.team = i / 2;
    e.pace_loss_s = 2.3 * (i / 2) / 10.0 + 0.5 * draws.uniform(0);
    e.noise = 0.85 + 0.3 * draws.uniform(1);
    e.start_skill = draws.uniform(2);
    e.overtaking = draws.uniform(3);
    e.defending = draws.uniform(4);
    e.top_speed_kmh = 3 * draws.normal(5);
    e.accident_share = 0.045 + 0.055 * draws.uniform(6);
    e.failure_share = 0.04 + 0.08 * draws.uniform(7);
    e.pit_crew_s = 0.43 + 0.94 * draws.uniform(8);
    entries.push_back(e);
  }
  return entries;
}

inline PlanInput world_input(std::uint64_t seed, std::uint32_t laps = 52, std::uint32_t cars = 20) {
  PlanInput in;
  in.seed = seed;
  in.laps = laps;
  in.entries = world_entries(7, cars);
  in.sector_ends[0] = 5;
  in.sector_ends[1] = 12;
  in.piece_tables.push_back(world_table());
  in.drs_zones = {{3, 3, 4}, {10, 11, 12}};
  in.pit_ways.assign(10, world_pit_way());
  for (std::uint32_t s = 0; s < cars; ++s) {
    // From s metres behind the line: half a metre per second squared less at each end, about 3 s lost.
    StartWay w;
    const double line_s = __builtin_sqrt(2 * (8.0 + 8.0 * s) / 11.0);
    w.reach_s = {line_s, line_s * 0.65 + 8.2, line_s * 0.65 + 13.9};
    in.start_ways.push_back(w);
    // The queue stands in the last piece of the lane.
    PitWay queue = world_pit_way();
    queue.box_piece = 2;
    queue.piece_s = {10.5, 12.0, 11.0};
    queue.to_box_s = 4.0 - 0.05 * s;
    in.queue_ways.push_back(queue);
    // To the grid from the last checkpoint but one.
    PitWay grid;
    grid.entry = 14;
    grid.exit = 0;
    grid.box_piece = 1;
    grid.to_box_s = 7.5 - 0.1 * s;
    grid.piece_s = {6.2, grid.to_box_s + line_s};
    in.grid_ways.push_back(grid);
  }
  return in;
}

}  // namespace racesim::race
