// The encoders of plays, above all JSON, against a ready line's memcpy, a hand-written encoder and nlohmann's
// dump, all in one run: the ratios are what counts.
#include <benchmark/benchmark.h>

#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/random.h"
#include "codec/encode/put.h"
#include "codec/encoder.h"
#include "model/play.h"
#include "support/in_process.h"

namespace racesim {
namespace {

constexpr std::size_t kRows = 1024;

RowBatch make_rows() {
  RowBatch batch(schema_info<PlayRow>());
  batch.resize(kRows);
  const auto rows = batch.rows<PlayRow>();
  for (std::size_t i = 0; i < kRows; ++i) {
    const StreamKey key = stream_key(1, "bench", i);
    PlayRow& row = rows[i];
    std::uint64_t words[8];
    for (std::uint64_t w = 0; w < 8; ++w) words[w] = draw(key, w);
    std::memcpy(row.event_id.bytes.data(), words, 16);
    std::memcpy(row.song_id.bytes.data(), words + 2, 16);
    std::memcpy(row.user_id.bytes.data(), words + 4, 16);
    std::memcpy(row.location_id.bytes.data(), words + 6, 16);
    row.played_at.ms = 1'704'067'200'000 + static_cast<std::int64_t>(i * 37);
    row.play_duration_ms = static_cast<std::uint32_t>(below(words[0], 300'000));
    row.device_type = static_cast<Device>(below(words[1], kDeviceCount));
    batch.heads.push_back({});
  }
  return batch;
}

void rows_per_second(benchmark::State& state) {
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(kRows));
}

/// What every encoder here is to write.
std::string expected_text() {
  WireBatch wire;
  (*make_encoder(schema_info<PlayRow>(), "json"))->encode(make_rows(), wire);
  return std::string(wire.text.view());
}

void compare(benchmark::State& state, std::string_view text) {
  if (text != expected_text()) state.SkipWithError("writes other bytes than the encoder");
}

void encoder(benchmark::State& state) {
  const RowBatch rows = make_rows();
  const auto json = make_encoder(schema_info<PlayRow>(), "json");
  WireBatch wire;
  for (auto _ : state) {
    wire.clear();
    (*json)->encode(rows, wire);
    benchmark::DoNotOptimize(wire.text.data());
  }
  rows_per_second(state);
}
BENCHMARK(encoder);

/// From the schema's table at run time, as CSV and JSON are for rows that are not unrolled.
void line_protocol(benchmark::State& state) {
  static constexpr std::string_view kLabels[] = {"user_id"};
  static const TableInfo table{
      .name = "plays", .key = {{}, "event_id"}, .time = "played_at", .labels = kLabels};
  const RowBatch rows = make_rows();
  const auto points = make_encoder(schema_info<PlayRow>(), "lineprotocol", &table);
  WireBatch wire;
  for (auto _ : state) {
    wire.clear();
    (*points)->encode(rows, wire);
    benchmark::DoNotOptimize(wire.text.data());
  }
  rows_per_second(state);
}
BENCHMARK(line_protocol);

/// What a careful author would write for this one event.
void hand_written(benchmark::State& state) {
  const RowBatch batch = make_rows();
  std::vector<char> out(kRows * 400);
  std::vector<std::uint32_t> ends(kRows);
  constexpr auto copy = [](char* p, const char* text, std::size_t size) __attribute__((always_inline)) {
    std::memcpy(p, text, size);
    return p + size;
  };
  struct Name {
    char text[16];
    std::size_t size;
  };
  static constexpr Name kNames[] = {
      {"mobile", 6}, {"desktop", 7}, {"tablet", 6}, {"smart_speaker", 13}, {"tv", 2}};
  for (auto _ : state) {
    put::MinutePrefix minute;
    char* p = out.data();
    std::size_t i = 0;
    for (const PlayRow& row : batch.rows<PlayRow>()) {
      p = copy(p, "{\"event_id\":\"", 13);
      p = put::uuid(p, row.event_id);
      p = copy(p, "\",\"song_id\":\"", 13);
      p = put::uuid(p, row.song_id);
      p = copy(p, "\",\"user_id\":\"", 13);
      p = put::uuid(p, row.user_id);
      p = copy(p, "\",\"location_id\":\"", 17);
      p = put::uuid(p, row.location_id);
      p = copy(p, "\",\"played_at\":\"", 15);
      p = put::time_ms(p, row.played_at, minute);
      p = copy(p, "\",\"play_duration_ms\":", 21);
      p = put::below_1e8(p, row.play_duration_ms);
      p = copy(p, ",\"device_type\":\"", 16);
      const Name& name = kNames[static_cast<std::size_t>(row.device_type)];
      copy(p, name.text, sizeof name.text);  // one store; what is too much is overwritten
      p += name.size;
      p = copy(p, "\"}\n", 3);
      ends[i++] = static_cast<std::uint32_t>(p - out.data());
    }
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  compare(state, {out.data(), ends.back()});
  rows_per_second(state);
}
BENCHMARK(hand_written);

void memcpy_of_ready_lines(benchmark::State& state) {
  const RowBatch rows = make_rows();
  const auto json = make_encoder(schema_info<PlayRow>(), "json");
  WireBatch wire;
  (*json)->encode(rows, wire);
  bench::copy_lines(state, std::string(wire.line(0)), kRows);
}
BENCHMARK(memcpy_of_ready_lines);

std::string uuid_text(const Uuid& id) {
  char text[put::kPutSlack];
  return {text, static_cast<std::size_t>(put::uuid(text, id) - text)};
}

void nlohmann_dump(benchmark::State& state) {
  const RowBatch batch = make_rows();
  std::string out;
  for (auto _ : state) {
    out.clear();
    for (const PlayRow& row : batch.rows<PlayRow>()) {
      put::MinutePrefix minute;
      char time[put::kPutSlack];
      nlohmann::ordered_json event;
      event["event_id"] = uuid_text(row.event_id);
      event["song_id"] = uuid_text(row.song_id);
      event["user_id"] = uuid_text(row.user_id);
      event["location_id"] = uuid_text(row.location_id);
      event["played_at"] =
          std::string(time, static_cast<std::size_t>(put::time_ms(time, row.played_at, minute) - time));
      event["play_duration_ms"] = row.play_duration_ms;
      event["device_type"] = EnumNames<Device>::names[static_cast<std::size_t>(row.device_type)];
      out += event.dump();
      out += '\n';
    }
    benchmark::DoNotOptimize(out.data());
  }
  compare(state, out);
  rows_per_second(state);
}
BENCHMARK(nlohmann_dump);

}  // namespace
}  // namespace racesim

BENCHMARK_MAIN();
