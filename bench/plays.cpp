// Plays as JSON to the null device, the whole way of `racesim run --sink null` without its start: scenario,
// generator, encoder, sink. Beside it, in the same run, memcpy of a ready line, which no generator can beat.
// Rates are by processor time of all threads, which other work on the machine disturbs least, and by the
// clock.
#include <benchmark/benchmark.h>

#include <string>

#include "base/time_text.h"
#include "model/play.h"
#include "run/generate/run.h"
#include "support/in_process.h"

namespace racesim {
namespace {

constexpr std::uint64_t kEvents = 20'000'000;
constexpr std::uint64_t kQuickEvents = 2'000'000;
constexpr std::int64_t kYear_ms = 365LL * 86'400'000;

/// As dense as 20 million plays in a year, however many there are.
RunConfig config_of(unsigned threads) {
  RunConfig config;
  ContentOptions& content = config.content;
  content = ContentOptions(*find_scenario("plays"));
  content.volume = Volume{bench::quick() ? kQuickEvents : kEvents, false};
  content.start_ns = days_from_civil({2024, 1, 1}) * 86'400'000'000'000;
  const auto window_ms =
      kYear_ms * static_cast<std::int64_t>(content.volume->events) / static_cast<std::int64_t>(kEvents);
  content.end_ns = content.start_ns + window_ms * 1'000'000;
  content.master_data_dir = std::string(RACESIM_SOURCE_DIR) + "/data/master";
  config.pace.live = false;
  config.delivery.sinks = {{"null", ""}};
  config.delivery.threads = threads;
  return config;
}

void plays_to_null(benchmark::State& state) {
  const RunConfig config = config_of(static_cast<unsigned>(state.range(0)));
  bench::run_to_null(state, config, config.content.volume->events, config.content.volume->events);
}

void plays_to_null_by_clock(benchmark::State& state) {
  plays_to_null(state);
}

BENCHMARK(plays_to_null)->ArgName("threads")->Arg(1)->Arg(2)->MeasureProcessCPUTime();
BENCHMARK(plays_to_null_by_clock)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime();

void memcpy_of_ready_lines(benchmark::State& state) {
  RowBatch rows(schema_info<PlayRow>());
  PlayRow play{};
  play.played_at.ms = 1'704'067'200'000;
  play.play_duration_ms = 183'042;
  bench::copy_lines(state, bench::encoded(rows, play));
}
BENCHMARK(memcpy_of_ready_lines);

}  // namespace
}  // namespace racesim

BENCHMARK_MAIN();
