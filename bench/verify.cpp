// racesim verify against NDJSON in memory: a race and plays, full, fast and by value (of lines that were
// written again as Python does; also with a further field, and the plain cars, whose places are objects),
// with one thread that makes events. Beside them, in the same run, hashing the same lines and nothing else.
// Rates are by processor time of all threads, so the making of the expected events counts. A race's templates
// are baked before the clock starts.
#include <benchmark/benchmark.h>

#define XXH_INLINE_ALL
#include <xxhash.h>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/time_text.h"
#include "run/generate/feed.h"
#include "verify/verifier.h"

namespace racesim {
namespace {

constexpr std::int64_t kSecond_ns = 1'000'000'000;
constexpr std::size_t kPiece = std::size_t{256} << 10;

bool quick() {
  return std::getenv("RACESIM_BENCH_QUICK") != nullptr;
}

/// A run that has ended, and the bytes that it sent.
struct Sent {
  Manifest manifest;
  std::unique_ptr<Content> truth;
  std::string text;
};

Sent make(RunConfig config) {
  Sent sent;
  config.pace.live = false;
  config.content.start_ns = days_from_civil({2024, 1, 1}) * 86'400 * kSecond_ns;
  auto content = open_content(config, system_clock());
  if (!content) return sent;
  sent.truth = std::move(*content);
  sent.manifest = manifest_of(config, record_of(config, *sent.truth));
  std::vector<const Encoder*> encoders;
  for (const auto& encoder : sent.truth->encoders) encoders.push_back(encoder.get());
  const Scenario& scenario = *sent.truth->scenario;
  Feed feed(scenario, encoders, {0, scenario.shard_count()}, sent.truth->run, 1, {}, config.content.seed);
  if (!feed.start()) return sent;
  ManifestTotals totals;
  while (const SharedBatch batch = feed.next()) {
    totals.released += batch->size();
    sent.text += batch->text.view();
  }
  sent.manifest.totals = totals;
  return sent;
}

RunConfig ten_minutes() {
  RunConfig config;
  config.content.end_ns =
      days_from_civil({2024, 1, 1}) * 86'400 * kSecond_ns + (quick() ? 60 : 600) * kSecond_ns;
  return config;
}

const Sent& race() {
  static const Sent sent = make(ten_minutes());
  return sent;
}

/// The plain cars: one stream, places as objects.
const Sent& simple() {
  static const Sent sent = [] {
    RunConfig config = ten_minutes();
    for (const auto& [name, text] : {std::pair{"model", "simple"}, {"streams", "telemetry"}})
      if (auto value = parse_value(*find_option(*config.content.scenario, name), text))
        config.content.values.set(name, std::move(*value));
    return make(config);
  }();
  return sent;
}

const Sent& plays() {
  static const Sent sent = [] {
    RunConfig config;
    config.content = ContentOptions(*find_scenario("plays"));
    config.content.end_ns = days_from_civil({2024, 2, 1}) * 86'400 * kSecond_ns;
    config.content.volume = Volume{quick() ? 100'000U : 1'500'000U, false};
    config.content.master_data_dir = RACESIM_SOURCE_DIR "/data/master";
    return make(config);
  }();
  return sent;
}

/// Gives the text as a file would.
class TextSequence final : public ArrivedSequences, public ArrivedSequence {
 public:
  explicit TextSequence(const std::string& text) : text_(text) {}
  std::vector<ArrivedSequence*> sequences() override { return {this}; }
  Result<bool> read(ByteBuffer& to) override {
    const std::size_t count = std::min(kPiece, text_.size() - given_);
    to.reserve_more(count);
    std::memcpy(to.data() + to.size(), text_.data() + given_, count);
    to.set_size(to.size() + count);
    given_ += count;
    return count > 0;
  }
  std::string place(std::uint64_t line, std::uint64_t) const override { return std::to_string(line); }

 private:
  const std::string& text_;
  std::size_t given_ = 0;
};

/// As Python's json writes lines again: spaces, and no zeros at the end of numbers.
std::string written_again(const std::string& text) {
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') quoted = !quoted;
    const bool ends_value = !quoted && (c == ',' || c == '}');
    if (ends_value && out.back() == '0') {
      const std::size_t number = out.find_last_not_of("0123456789");
      if (number != std::string::npos && out[number] == '.') {
        out.resize(out.find_last_not_of('0') + 1);
        if (out.back() == '.') out += '0';
      }
    }
    out += c;
    if (!quoted && (c == ',' || c == ':')) out += ' ';
  }
  return out;
}

void verify_lines(benchmark::State& state, const Sent& sent, const std::string& text, Comparison comparison) {
  VerifyOptions options;
  options.comparison = comparison;
  options.threads = 1;
  std::uint64_t events = 0;
  for (auto _ : state) {
    TextSequence arrived(text);
    const auto result = verify(sent.manifest, *sent.truth, arrived, options);
    if (!result || result->findings.found != sent.manifest.totals->released) {
      state.SkipWithError("not verified");
      break;
    }
    events += result->findings.found;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
}

void race_full(benchmark::State& state) {
  verify_lines(state, race(), race().text, Comparison::full);
}
void race_fast(benchmark::State& state) {
  verify_lines(state, race(), race().text, Comparison::fast);
}
void race_by_value(benchmark::State& state) {
  static const std::string again = written_again(race().text);
  verify_lines(state, race(), again, Comparison::by_value);
}
/// As a store writes them that adds a time of its own.
void race_by_value_with_a_field(benchmark::State& state) {
  static const std::string again = [] {
    std::string text = written_again(race().text);
    std::size_t lines = 0;
    std::string out;
    for (std::size_t begin = 0; begin < text.size(); ++lines) {
      const std::size_t end = text.find('\n', begin);
      out.append(text, begin, end - 1 - begin);
      out += ", \"ingested_at\": " + std::to_string(1'700'000'000'000 + lines) + "}\n";
      begin = end + 1;
    }
    return out;
  }();
  verify_lines(state, race(), again, Comparison::by_value);
}
void simple_by_value(benchmark::State& state) {
  static const std::string again = written_again(simple().text);
  verify_lines(state, simple(), again, Comparison::by_value);
}
void plays_full(benchmark::State& state) {
  verify_lines(state, plays(), plays().text, Comparison::full);
}
void plays_fast(benchmark::State& state) {
  verify_lines(state, plays(), plays().text, Comparison::fast);
}
void plays_by_value(benchmark::State& state) {
  static const std::string again = written_again(plays().text);
  verify_lines(state, plays(), again, Comparison::by_value);
}

void hash_race_lines(benchmark::State& state) {
  const std::string& text = race().text;
  std::int64_t lines = 0;
  for (auto _ : state) {
    for (std::size_t begin = 0; begin < text.size(); ++lines) {
      const std::size_t end = text.find('\n', begin) + 1;
      benchmark::DoNotOptimize(XXH3_64bits(text.data() + begin, end - begin));
      begin = end;
    }
  }
  state.SetItemsProcessed(lines);
}

BENCHMARK(race_full)->MeasureProcessCPUTime();
BENCHMARK(race_fast)->MeasureProcessCPUTime();
BENCHMARK(race_by_value)->MeasureProcessCPUTime();
BENCHMARK(race_by_value_with_a_field)->MeasureProcessCPUTime();
BENCHMARK(simple_by_value)->MeasureProcessCPUTime();
BENCHMARK(plays_full)->MeasureProcessCPUTime();
BENCHMARK(plays_fast)->MeasureProcessCPUTime();
BENCHMARK(plays_by_value)->MeasureProcessCPUTime();
BENCHMARK(hash_race_lines)->MeasureProcessCPUTime();

}  // namespace
}  // namespace racesim

BENCHMARK_MAIN();
