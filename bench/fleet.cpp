// A fleet as JSON to the null device: the whole way of `racesim run --sink null` without its start. Beside
// it, in the same run, a race, whose rate the fleet's is held against, and memcpy of a ready line. Rates are
// by processor time of all threads, which other work on the machine disturbs least, and by the clock.
#include <benchmark/benchmark.h>

#include "base/time_text.h"
#include "model/fleet.h"
#include "run/generate/run.h"
#include "support/in_process.h"

namespace racesim {
namespace {

/// Enough that the routes, which are made when a vehicle first needs them, weigh little.
std::uint64_t events() {
  return bench::quick() ? 4'000'000 : 16'000'000;
}

RunConfig config_of(std::string_view scenario, unsigned threads) {
  RunConfig config;
  ContentOptions& content = config.content;
  content = ContentOptions(*find_scenario(scenario));
  content.limit.most = events();
  content.start_ns = days_from_civil({2025, 8, 11}) * 86'400'000'000'000 + 6 * 3'600'000'000'000;
  content.end_ns = content.start_ns + 40 * 86'400'000'000'000;
  config.pace.live = false;
  config.delivery.sinks = {{"null", ""}};
  config.delivery.threads = threads;
  return config;
}

/// Vehicles at 5 Hz from a Monday morning on.
void fleet_to_null(benchmark::State& state) {
  RunConfig config = config_of("fleet", static_cast<unsigned>(state.range(0)));
  config.content.values.set("vehicles", static_cast<std::uint64_t>(state.range(1)));
  bench::run_to_null(state, config, events(), events());
}
void fleet_to_null_by_clock(benchmark::State& state) {
  fleet_to_null(state);
}
void race_to_null(benchmark::State& state) {
  bench::run_to_null(state, config_of("race", 1), events(), events());
}

BENCHMARK(race_to_null)->MeasureProcessCPUTime();
BENCHMARK(fleet_to_null)
    ->ArgNames({"threads", "vehicles"})
    ->Args({1, 1})
    ->Args({1, 100})
    ->Args({2, 100})
    ->Args({1, 1000})
    ->Args({1, 100'000})
    ->MeasureProcessCPUTime();
BENCHMARK(fleet_to_null_by_clock)
    ->ArgNames({"threads", "vehicles"})
    ->Args({1, 100})
    ->Args({2, 100})
    ->UseRealTime();

void memcpy_of_ready_lines(benchmark::State& state) {
  RowBatch rows(schema_info<FleetRow>());
  FleetRow row{};
  row.vehicle_id = rows.add_text("TESTCAR01");
  row.timestamp.us = 1'754'742'896'789'012;
  row.latitude_udeg = 52'230'400;
  row.longitude_udeg = 21'012'200;
  row.speed_dkmh = 734;
  row.engine_rpm = 2140;
  row.gear = 4;
  row.fuel_level_dpct = 921;
  row.speed_limit_kmh = 50;
  row.seq = 41'041;
  bench::copy_lines(state, bench::encoded(rows, row));
}
BENCHMARK(memcpy_of_ready_lines);

}  // namespace
}  // namespace racesim

BENCHMARK_MAIN();
