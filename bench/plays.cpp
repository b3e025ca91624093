// Plays as JSON to the null device, the whole way of `racesim run --sink null` without its start: scenario,
// generator, encoder, sink. Beside it, in the same run, memcpy of a ready line, which no generator can beat.
// Rates are by processor time of all threads, which other work on the machine disturbs least, and by the
// clock.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "base/time_text.h"
#include "codec/encoder.h"
#include "model/play.h"
#include "run/session.h"

namespace racesim {
namespace {

constexpr std::uint64_t kEvents = 20'000'000;
constexpr std::uint64_t kQuickEvents = 2'000'000;
constexpr std::int64_t kYear_ms = 365LL * 86'400'000;

/// As dense as 20 million plays in a year, however many there are.
RunConfig config_of(unsigned threads) {
  RunConfig config;
  ContentOptions& content = config.content;
  content.scenario = "plays";
  content.plays.volume = std::getenv("RACESIM_BENCH_QUICK") == nullptr ? kEvents : kQuickEvents;
  content.start_ns = days_from_civil({2024, 1, 1}) * 86'400'000'000'000;
  const auto window_ms =
      kYear_ms * static_cast<std::int64_t>(content.plays.volume) / static_cast<std::int64_t>(kEvents);
  content.end_ns = content.start_ns + window_ms * 1'000'000;
  content.master_data_dir = std::string(RACESIM_SOURCE_DIR) + "/data/master";
  config.pace.live = false;
  config.delivery.sinks = {{"null", ""}};
  config.delivery.threads = threads;
  return config;
}

void plays_to_null(benchmark::State& state) {
  const RunConfig config = config_of(static_cast<unsigned>(state.range(0)));
  std::uint64_t events = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto session = Session::open(config, system_clock());
    if (!session) {
      state.SkipWithError(session.error().what.c_str());
      break;
    }
    state.ResumeTiming();
    (*session)->start();
    const RunResult result = (*session)->wait();
    state.PauseTiming();
    if (result.error || result.status.acked != config.content.plays.volume)
      state.SkipWithError("the run fell short");
    events += result.status.acked;
    session->reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
}

void plays_to_null_by_clock(benchmark::State& state) {
  plays_to_null(state);
}

BENCHMARK(plays_to_null)->ArgName("threads")->Arg(1)->Arg(2)->MeasureProcessCPUTime();
BENCHMARK(plays_to_null_by_clock)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime();

/// One encoded play.
std::string ready_line() {
  RowBatch rows(schema_info<PlayRow>());
  rows.resize(1);
  PlayRow play{};
  play.played_at.ms = 1'704'067'200'000;
  play.play_duration_ms = 183'042;
  rows.rows<PlayRow>()[0] = play;
  rows.heads.push_back({});
  WireBatch wire;
  (*make_encoder(rows.schema(), "json"))->encode(rows, wire);
  return std::string(wire.line(0));
}

void memcpy_of_ready_lines(benchmark::State& state) {
  constexpr std::size_t kLines = 4096;
  const std::string line = ready_line();
  std::vector<char> out(kLines * line.size());
  for (auto _ : state) {
    char* p = out.data();
    for (std::size_t i = 0; i < kLines; ++i) {
      std::memcpy(p, line.data(), line.size());
      p += line.size();
      benchmark::DoNotOptimize(p);
    }
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kLines));
}
BENCHMARK(memcpy_of_ready_lines);

}  // namespace
}  // namespace racesim

BENCHMARK_MAIN();
