// Who is where when a car passes a timing line: a row of the aggregation "standings".
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "model/aggregates/lap.h"
#include "model/race.h"
#include "model/schema.h"

namespace racesim {

enum class StandingsType : std::uint8_t { standings };
template <>
struct EnumNames<StandingsType> {
  static constexpr std::array<std::string_view, 1> names{"standings"};
};

/// What places go by.
enum class RankedBy : std::uint8_t {
  line,      ///< a race: who was here first in this lap
  best_lap,  ///< qualifying, practice
};
template <>
struct EnumNames<RankedBy> {
  static constexpr std::array<std::string_view, 2> names{"line", "best_lap"};
};

/// Missing is what is not known, or what there is not: the gap to a leader who was not seen, a lap that has
/// not been driven.
struct StandingsRow {
  StandingsType type;
  Hex32 run;  ///< 0 where the samples name none
  std::uint16_t session;
  std::uint16_t car;
  Text driver;
  std::uint32_t passing;  ///< 3 · (lap − 1) + sector
  std::uint16_t lap;      ///< that goes on here; at the timing line the one that ends
  std::uint8_t sector;    ///< that ends here; 3 is the timing line
  TimeMs time;
  RankedBy ranked_by;
  std::uint16_t position;
  std::uint16_t laps;               ///< that the car has completed
  std::uint16_t laps_behind;        ///< how many more anybody has
  Maybe<std::int64_t> gap_ms;       ///< to the first, on the line or of best laps
  Maybe<std::int64_t> interval_ms;  ///< likewise to the car one position ahead
  Maybe<std::int64_t> last_lap_ms;
  Maybe<std::int64_t> best_lap_ms;
  std::uint16_t pit_stops;
  TyreSeen tyre;
  CarStatus status;
};
template <>
struct Schema<StandingsRow> {
  static constexpr std::string_view name = "standings";
  static constexpr int version = 1;
  static constexpr auto fields = std::make_tuple(
      field("type", &StandingsRow::type), field("run", &StandingsRow::run),
      field("session", &StandingsRow::session), field("car", &StandingsRow::car),
      field("driver", &StandingsRow::driver), field("passing", &StandingsRow::passing),
      field("lap", &StandingsRow::lap), field("sector", &StandingsRow::sector),
      field("time", &StandingsRow::time), field("ranked_by", &StandingsRow::ranked_by),
      field("position", &StandingsRow::position), field("laps", &StandingsRow::laps),
      field("laps_behind", &StandingsRow::laps_behind), field("gap_s", &StandingsRow::gap_ms, 3, "s"),
      field("interval_s", &StandingsRow::interval_ms, 3, "s"),
      field("last_lap_s", &StandingsRow::last_lap_ms, 3, "s"),
      field("best_lap_s", &StandingsRow::best_lap_ms, 3, "s"), field("pit_stops", &StandingsRow::pit_stops),
      field("tyre", &StandingsRow::tyre), field("status", &StandingsRow::status));
};

}  // namespace racesim
