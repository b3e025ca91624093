// draw() against Random123's Philox4x32-10, per 64 bits, in one run: the measurement of
// docs/adr/0002-random-streams.md. Once along a stream, once with a new stream for every four draws.
#include <Random123/philox.h>
#include <benchmark/benchmark.h>

#include <cstdint>

#include "base/random.h"

namespace racesim {
namespace {

constexpr std::uint64_t kDraws = 4096;

void items(benchmark::State& state) {
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(kDraws));
}

void draw_along_a_stream(benchmark::State& state) {
  const StreamKey key = stream_key(1, "bench.random", 2);
  std::uint64_t counter = 0;
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < kDraws; ++i) sum ^= draw(key, counter++);
    benchmark::DoNotOptimize(sum);
  }
  items(state);
}
BENCHMARK(draw_along_a_stream);

/// Philox makes 128 bits a block; both halves are used here, which is the most it can give.
void philox_along_a_stream(benchmark::State& state) {
  const r123::Philox4x32 philox;
  const r123::Philox4x32::key_type key = {{1, 2}};
  std::uint64_t counter = 0;
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < kDraws; i += 2) {
      const auto out = philox(
          {{static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32), 2, 0}}, key);
      ++counter;
      sum ^= out[0] | static_cast<std::uint64_t>(out[1]) << 32;
      sum ^= out[2] | static_cast<std::uint64_t>(out[3]) << 32;
    }
    benchmark::DoNotOptimize(sum);
  }
  items(state);
}
BENCHMARK(philox_along_a_stream);

void draw_four_of_each_entity(benchmark::State& state) {
  std::uint64_t entity = 0;
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < kDraws; i += 4) {
      const StreamKey key = stream_key(1, topic_hash("bench.random"), entity++);
      for (std::uint64_t counter = 0; counter < 4; ++counter) sum ^= draw(key, counter);
    }
    benchmark::DoNotOptimize(sum);
  }
  items(state);
}
BENCHMARK(draw_four_of_each_entity);

void philox_four_of_each_entity(benchmark::State& state) {
  const r123::Philox4x32 philox;
  const r123::Philox4x32::key_type key = {{1, 2}};
  std::uint64_t entity = 0;
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < kDraws; i += 4) {
      for (std::uint32_t counter = 0; counter < 2; ++counter) {
        const auto out = philox(
            {{counter, 0, static_cast<std::uint32_t>(entity), static_cast<std::uint32_t>(entity >> 32)}},
            key);
        sum ^= out[0] | static_cast<std::uint64_t>(out[1]) << 32;
        sum ^= out[2] | static_cast<std::uint64_t>(out[3]) << 32;
      }
      ++entity;
    }
    benchmark::DoNotOptimize(sum);
  }
  items(state);
}
BENCHMARK(philox_four_of_each_entity);

}  // namespace
}  // namespace racesim

BENCHMARK_MAIN();
