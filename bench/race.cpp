// A whole race, 20 cars over 52 laps at 100 Hz, as JSON to the null device: the whole way of
// `racesim run --sink null` without its start. Beside it, in the same run, memcpy of a ready line, which no
// generator can beat, and the parts that a race is made of: rendering alone, planning alone, baking alone.
// Rates are by processor time of all threads, which other work on the machine disturbs least, and by the
// clock.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "base/time_text.h"
#include "model/race.h"
#include "run/generate/run.h"
#include "sim/race/session.h"
#include "sim/race/track/tracks.h"
#include "support/in_process.h"

namespace racesim {
namespace {

constexpr std::uint32_t kCars = 20;
constexpr std::uint32_t kTick_ms = 10;

std::uint32_t laps() {
  return bench::quick() ? 5 : 52;
}

RunConfig config_of(unsigned threads) {
  RunConfig config;
  ContentOptions& content = config.content;
  content = ContentOptions(*find_scenario("race"));
  content.live = true;  // then laps that are given end the run
  content.values.set("cars", std::uint64_t{kCars});
  content.values.set("laps", std::uint64_t{laps()});
  content.start_ns = days_from_civil({2024, 1, 1}) * 86'400'000'000'000;
  config.pace.live = false;
  config.delivery.sinks = {{"null", ""}};
  config.delivery.threads = threads;
  return config;
}

void race_to_null(benchmark::State& state) {
  // A lap takes some 90 s, so fewer events than these were no race.
  constexpr std::uint64_t kLeast = kCars * 80 * 100;
  bench::run_to_null(state, config_of(static_cast<unsigned>(state.range(0))), laps() * kLeast, UINT64_MAX);
}

void race_to_null_by_clock(benchmark::State& state) {
  race_to_null(state);
}

BENCHMARK(race_to_null)->ArgName("threads")->Arg(1)->Arg(2)->MeasureProcessCPUTime();
BENCHMARK(race_to_null_by_clock)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime();

/// What a session is planned from: the built-in track and 20 cars of one model.
struct Circuit {
  race::Track track = *race::find_track("silverstone");
  race::Templates templates{track, {race::CarModel{}}, kCars, race::SessionKind::race};
  race::PlanInput input;

  Circuit() {
    input.laps = laps();
    input.sector_ends[0] = track.sector_ends[0];
    input.sector_ends[1] = track.sector_ends[1];
    input.piece_tables = templates.piece_tables();
    input.pit_ways = templates.pit_ways();
    input.start_ways = templates.start_ways();
    input.fuel_per_lap_kg = templates.fuel_per_lap_kg();
    for (std::uint32_t i = 0; i < kCars; ++i) {
      race::Entry entry;
      entry.car = i + 1;
      entry.team = i / 2;
      entry.pace_loss_s = 0.09 * i;
      input.entries.push_back(entry);
    }
  }
};

const Circuit& circuit() {
  static const Circuit made;
  return made;
}

/// Planned, made into segments, side events listed.
void plan_race(benchmark::State& state) {
  const Circuit& on = circuit();
  for (auto _ : state) {
    const race::Session session(on.input, on.templates);
    benchmark::DoNotOptimize(session.length_ms());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(plan_race)->Unit(benchmark::kMillisecond);

/// All that a run makes once, before it plans.
void bake_templates_and_tables(benchmark::State& state) {
  for (auto _ : state) {
    const Circuit made;
    benchmark::DoNotOptimize(made.input.piece_tables.data());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(bake_templates_and_tables)->Unit(benchmark::kMillisecond);

/// Every car at every tick of a race, nothing encoded. Items are cars times ticks.
void render(benchmark::State& state) {
  const race::Session session(circuit().input, circuit().templates);
  std::int64_t steps = 0;
  for (auto _ : state) {
    for (std::size_t car = 0; car < session.timelines().size(); ++car) {
      for (const race::Segment& segment : session.timelines().between(car, INT64_MIN, INT64_MAX)) {
        for (std::int64_t ms = segment.begin_ms; ms < segment.end_ms; ms += kTick_ms, ++steps) {
          race::CarState shown = race::state_at(segment, ms);
          benchmark::DoNotOptimize(shown);
        }
      }
    }
  }
  state.SetItemsProcessed(steps);
}
BENCHMARK(render)->Unit(benchmark::kMillisecond);

/// One encoded sample, as long as most.
std::string ready_line() {
  RowBatch rows(schema_info<TelemetryRow>());
  TelemetryRow row{};
  row.driver = rows.add_text("HAL");
  row.session = 1;
  row.car = 44;
  row.seq = 412'345;
  row.time.ms = 1'704'067'200'000;
  row.session_time_ms = 4'123'450;
  row.lap = 42;
  row.lap_distance_mm = 3'412'345;
  row.speed_dkmh = 2'871;
  row.engine_rpm = 11'234;
  row.gear = 7;
  row.throttle_pct = 100;
  row.x_cm = -41'234;
  row.y_cm = 51'234;
  row.latitude_udeg = 52'068'400;
  row.longitude_udeg = -1'023'400;
  row.lon_cg = 42;
  row.lat_cg = -312;
  row.fuel_g = 41'234;
  row.tyre_age_laps = 12;
  row.tyre_wear_dpct = 312;
  row.sector = 2;
  row.position = 12;
  row.gap_ms.value = 31'234;
  row.status = CarStatus::on_track;
  return bench::encoded(rows, row);
}

void memcpy_of_ready_lines(benchmark::State& state) {
  bench::copy_lines(state, ready_line());
}
BENCHMARK(memcpy_of_ready_lines);

}  // namespace
}  // namespace racesim

BENCHMARK_MAIN();
