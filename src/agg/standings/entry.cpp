#include "agg/standings/entry.h"

#include <memory>

#include "agg/standings/standings.h"
#include "model/race.h"

namespace racesim::standings {
namespace {

constexpr AggregationInput kInputs[] = {{&schema_info<TelemetryRow>, "time"}};

constexpr std::string_view kScope[] = {"run", "session", "car"};
constexpr std::string_view kDriverAlone[] = {"driver"};
constexpr std::string_view kByLine[] = {"run", "session", "passing", "position"};
constexpr TableIndex kIndexes[] = {{"by_line", kByLine}};

constexpr std::string_view kShown[] = {"session",   "lap",   "sector",      "position",   "car",
                                       "driver",    "gap_s", "interval_s",  "last_lap_s", "best_lap_s",
                                       "pit_stops", "tyre",  "laps_behind", "status"};

Result<std::unique_ptr<Aggregation>> make(const OptionValues&, const AggregationFrame& frame) {
  return std::make_unique<Standings>(frame.emit, frame.allowed_lateness_us);
}

}  // namespace

const AggregationEntry& entry() {
  static const AggregationEntry standings{
      .name = "standings",
      .summary = "who is where at each timing line: positions, gaps, last and best laps, stops and tyres",
      .version = 1,
      .inputs = kInputs,
      .result = &schema_info<StandingsRow>,
      .table = {.name = "standings",
                .key = {kScope, "passing"},
                .time = "time",
                .indexes = kIndexes,
                .labels = kDriverAlone,
                .replaces = true},
      .shown = kShown,
      .make = &make,
  };
  return standings;
}

}  // namespace racesim::standings
