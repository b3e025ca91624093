// What the benches of whole scenarios share: a run to the null device in-process, and beside it memcpy of a
// ready line, which no generator can beat.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "codec/encoder.h"
#include "model/batch.h"
#include "run/generate/run.h"

namespace racesim::bench {

/// Whether scripts/bench --quick asks for a small size.
inline bool quick() {
  return std::getenv("RACESIM_BENCH_QUICK") != nullptr;
}

/// Times runs of `config` from their start to their end, without what goes before, and counts their events.
/// Fewer than `least` of them, or more than `most`, are an error.
inline void run_to_null(benchmark::State& state, const RunConfig& config, std::uint64_t least,
                        std::uint64_t most) {
  std::uint64_t events = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto run = Run::open(config, system_clock());
    if (!run) {
      state.SkipWithError(run.error().what.c_str());
      break;
    }
    state.ResumeTiming();
    (*run)->start();
    const RunResult result = (*run)->wait();
    state.PauseTiming();
    if (result.error || result.status.acked < least || result.status.acked > most) {
      state.SkipWithError("the run fell short");
      break;
    }
    events += result.status.acked;
    run->reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
}

/// `row` as a line of JSON. `rows` is empty and holds the texts that the row names.
template <class Row>
std::string encoded(RowBatch& rows, const Row& row) {
  rows.resize(1);
  rows.rows<Row>()[0] = row;
  rows.heads.push_back({});
  WireBatch wire;
  (*make_encoder(rows.schema(), "json"))->encode(rows, wire);
  return std::string(wire.line(0));
}

/// `lines` copies of `line`, one behind the other.
inline void copy_lines(benchmark::State& state, const std::string& line, std::size_t lines = 4096) {
  std::vector<char> out(lines * line.size());
  for (auto _ : state) {
    char* p = out.data();
    for (std::size_t i = 0; i < lines; ++i) {
      std::memcpy(p, line.data(), line.size());
      p += line.size();
      benchmark::DoNotOptimize(p);
    }
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(lines));
}

}  // namespace racesim::bench
