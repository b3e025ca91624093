#include "agg/laps/entry.h"

#include <memory>

#include "agg/laps/laps.h"
#include "model/race.h"

namespace racesim::laps {
namespace {

constexpr AggregationInput kInputs[] = {{&schema_info<TelemetryRow>, "time"}};

constexpr std::string_view kScope[] = {"run", "session", "car"};
constexpr std::string_view kDriverAlone[] = {"driver"};
constexpr std::string_view kByLap[] = {"run", "session", "lap", "time"};
constexpr TableIndex kIndexes[] = {{"by_lap", kByLap}};

constexpr std::string_view kShown[] = {
    "session",   "car",           "driver",        "lap",  "lap_time_s",    "sector1_s", "sector2_s",
    "sector3_s", "avg_speed_kmh", "max_speed_kmh", "tyre", "tyre_age_laps", "samples",   "is_complete"};

constexpr AggregationExample kExamples[] = {
    {"racesim aggregate --from file:events.ndjson --by lap", "the laps of a recorded race"},
    {"racesim aggregate --from kafka --brokers localhost:9092 --follow --by lap,window --to stdout --to "
     "kafka",
     "laps and five-second windows of a live race, to the console and the topic f1-analytics"},
};

constexpr Question kQuestions[] = {
    {"laps", "The laps of a run, or of one car (--car)",
     "SELECT session, car, driver, lap, lap_time_s, sector1_s, sector2_s, sector3_s, avg_speed_kmh, "
     "max_speed_kmh, full_throttle_pct, brake_pct_time, fuel_used_kg, tyre, tyre_age_laps, missing_samples, "
     "is_interpolated, is_complete FROM lap_metrics WHERE run = {run}{and car}{and at} "
     "ORDER BY session, lap, time, car",
     "laps are in the store once they were made: racesim aggregate --by lap --to sqlite:PATH"},
};

Result<std::unique_ptr<Aggregation>> make(const OptionValues&, const AggregationFrame& frame) {
  return std::make_unique<Laps>(frame.emit, frame.allowed_lateness_us);
}

}  // namespace

const AggregationEntry& entry() {
  static const AggregationEntry lap{
      .name = "lap",
      .summary = "laps of racing cars: lap and sector times, speed, throttle, brakes, fuel, forces and tyres",
      .version = 2,
      .inputs = kInputs,
      .result = &schema_info<LapMetricsRow>,
      .table = {.name = "lap_metrics",
                .key = {kScope, "lap"},
                .time = "time",
                .indexes = kIndexes,
                .labels = kDriverAlone,
                .replaces = true},
      .questions = kQuestions,
      .shown = kShown,
      .examples = kExamples,
      .make = &make,
  };
  return lap;
}

}  // namespace racesim::laps
