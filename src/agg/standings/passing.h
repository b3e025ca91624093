// A car at a timing line, with what is known of the car there.
#pragma once

#include <cstdint>

#include "agg/timing/crossing.h"
#include "model/aggregates/standings.h"
#include "model/race.h"

namespace racesim::standings {

inline constexpr std::int64_t kUnknown_ms = INT64_MIN;

/// Lines are numbered through a session: 3 · (lap − 1) + sector, sector 3 ending at the timing line.
constexpr std::uint32_t line_number(std::uint16_t lap, std::uint32_t sector) {
  return lap == 0 ? 0 : (lap - 1U) * 3 + sector;
}

/// Without padding.
struct Passing {
  Crossing crossing{};
  std::int64_t line_ms = kUnknown_ms;  ///< epoch; of sector lines once these are known
  std::int64_t last_lap_ms = kUnknown_ms, best_lap_ms = kUnknown_ms;
  std::int64_t best_free_lap_ms = kUnknown_ms;  ///< without those that touch the pit lane
  /// These, and position, laps_behind and ranked_by, are set once all earlier passings of the session are
  /// known; gaps and position as they are by best laps.
  std::int64_t gap_ms = kUnknown_ms, interval_ms = kUnknown_ms;
  std::uint64_t given = 0;  ///< hash of the row that was given out last; 0: none was
  std::uint32_t run = 0, driver = 0;
  std::uint32_t number = 0;  ///< of the line
  std::uint32_t lines = 0;   ///< slot of the run's sector lines
  std::uint16_t session = 0, car = 0, lap = 0, pit_stops = 0;
  std::uint16_t position = 0;
  std::uint16_t laps_behind = 0;
  std::uint8_t sector = 0;
  TyreSeen tyre = TyreSeen::unknown;
  CarStatus status = CarStatus::grid;
  RankedBy ranked_by = RankedBy::line;

  /// By when it has happened.
  std::int64_t seen_ms() const { return crossing.after.time_ms; }
  std::uint16_t laps() const { return static_cast<std::uint16_t>(sector == 3 ? lap : lap - 1); }
};

}  // namespace racesim::standings
