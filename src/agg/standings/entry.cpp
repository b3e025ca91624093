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

constexpr Question kQuestions[] = {
    {"standings", "The order of the cars as each passed its last timing line, now or --at a moment",
     "SELECT s.position, s.car, s.driver, s.lap, s.sector, s.laps, s.gap_s, s.interval_s, s.last_lap_s, "
     "s.best_lap_s, s.pit_stops, s.tyre, s.status, s.time FROM standings s "
     "JOIN (SELECT run, session, car, max(passing) AS passing FROM standings WHERE run = {run}{and car}{and "
     "at} "
     "GROUP BY run, session, car) AS newest ON newest.run = s.run AND newest.session = s.session AND "
     "newest.car = s.car AND newest.passing = s.passing "
     "WHERE s.session = (SELECT max(session) FROM standings WHERE run = {run}{and at}) "
     "ORDER BY CASE WHEN s.ranked_by = 'line' THEN -s.passing ELSE coalesce(s.best_lap_s, 1000000) END, "
     "s.position, s.car",
     "standings are in the store once they were made: racesim aggregate --by standings --to sqlite:PATH"},
};

constexpr AggregationExample kExamples[] = {
    {"racesim aggregate --from file:events.ndjson --by lap,standings",
     "laps and standings of a recorded race"},
};

Result<std::unique_ptr<Aggregation>> make(const OptionValues&, const AggregationFrame& frame) {
  return std::make_unique<Standings>(frame.emit, frame.allowed_lateness_us);
}

}  // namespace

const AggregationEntry& entry() {
  static const AggregationEntry standings{
      .name = "standings",
      .summary = "who is where at each timing line: positions, gaps, last and best laps, stops and tyres",
      .version = 2,
      .inputs = kInputs,
      .result = &schema_info<StandingsRow>,
      .table = {.name = "standings",
                .key = {kScope, "passing"},
                .time = "time",
                .indexes = kIndexes,
                .labels = kDriverAlone,
                .replaces = true},
      .questions = kQuestions,
      .shown = kShown,
      .examples = kExamples,
      .make = &make,
  };
  return standings;
}

}  // namespace racesim::standings
