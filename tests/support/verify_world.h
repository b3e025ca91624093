// Small runs with all that is known of their events, and arrivals in memory: for tests of the verifier.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/time_text.h"
#include "run/generate/feed.h"
#include "support/content_options.h"
#include "verify/laws/invariants.h"
#include "verify/verifier.h"

namespace racesim::verify_test {

inline const std::string kMaster = RACESIM_SOURCE_DIR "/data/master";

/// One event as it was sent.
struct SentLine {
  std::string text;  ///< with its line end
  std::uint32_t stream = 0;
  EventHead head;
  std::uint8_t faults = 0;
  std::uint64_t made = 0;  ///< its place in the stream as it was made
};

/// A run that has ended: what it was told, its truth, what it sent.
struct SmallRun {
  Manifest manifest;
  std::unique_ptr<Content> truth;
  std::string header;
  std::vector<SentLine> sent;

  std::string text() const {
    std::string all = header;
    for (const SentLine& line : sent) all += line.text;
    return all;
  }
};

inline std::vector<std::string> lines_of(const SmallRun& run) {
  std::vector<std::string> lines;
  for (const SentLine& line : run.sent) lines.push_back(line.text);
  return lines;
}

/// Lines in memory, given in pieces of `piece` bytes.
class MemoryArrivals final : public ArrivedSequences, public ArrivedSequence {
 public:
  explicit MemoryArrivals(std::string text, std::size_t piece = 1 << 14)
      : text_(std::move(text)), piece_(piece) {}
  std::vector<ArrivedSequence*> sequences() override { return {this}; }
  Result<bool> read(ByteBuffer& to) override {
    const std::size_t count = std::min(piece_, text_.size() - given_);
    to.reserve_more(count);
    std::copy_n(text_.data() + given_, count, to.data() + to.size());
    to.set_size(to.size() + count);
    given_ += count;
    return count > 0;
  }
  std::string place(std::uint64_t line, std::uint64_t) const override { return std::to_string(line + 1); }

 private:
  const std::string text_;
  const std::size_t piece_;
  std::size_t given_ = 0;
};

inline constexpr std::int64_t kStart_ns = 1'783'260'000'000'000'000;  // 2026-07-05T14:00:00Z

/// Telemetry and the side streams of a few cars, one sample a second.
inline RunConfig race_run(std::uint64_t seed, std::int64_t seconds, std::uint32_t cars = 3) {
  RunConfig config;
  config.content = test::options_of("race");
  config.content.seed = seed;
  config.content.start_ns = kStart_ns;
  config.content.end_ns = kStart_ns + seconds * 1'000'000'000;
  test::set_option(config.content, "cars", std::to_string(cars));
  test::set_option(config.content, "rate-hz", "1");
  test::set_option(config.content, "streams", "telemetry,checkpoints,laps,race-control");
  config.pace.live = false;
  return config;
}

inline RunConfig simple_run(std::uint64_t seed, std::int64_t seconds) {
  RunConfig config = race_run(seed, seconds);
  test::set_option(config.content, "model", "simple");
  test::set_option(config.content, "streams", "telemetry");
  return config;
}

/// `master_dir` holds songs, users and locations.
inline RunConfig plays_run(std::uint64_t seed, std::uint64_t volume, const std::string& master_dir) {
  RunConfig config;
  config.content = test::options_of("plays");
  config.content.seed = seed;
  config.content.start_ns = kStart_ns;
  config.content.end_ns = kStart_ns + std::int64_t{86'400} * 1'000'000'000;
  config.content.volume = Volume{volume, false};
  config.content.master_data_dir = master_dir;
  config.pace.live = false;
  return config;
}

/// Makes the run and its totals, as a run would note them.
inline SmallRun make_run(RunConfig config) {
  SmallRun run;
  auto content = open_content(config, system_clock());
  EXPECT_TRUE(content) << (content ? "" : content.error().what);
  if (!content) return run;
  run.truth = std::move(*content);
  run.manifest = manifest_of(config, record_of(config, *run.truth));
  run.header = run.truth->encoders.front()->header();
  std::vector<const Encoder*> encoders;
  for (const auto& encoder : run.truth->encoders) encoders.push_back(encoder.get());
  const Scenario& scenario = *run.truth->scenario;
  Feed feed(scenario, encoders, shard_range(config.shard, scenario.shard_count()), run.truth->run, 1,
            config.faults, config.content.seed);
  EXPECT_TRUE(feed.start());
  ManifestTotals totals;
  totals.complete = true;
  while (const SharedBatch batch = feed.next()) {
    totals.faults.drop += batch->dropped.size();
    const MadePlaces made = feed.made();
    for (std::size_t i = 0; i < batch->size(); ++i)
      run.sent.push_back({std::string(batch->line(i)), batch->stream_of(i), batch->heads[i],
                          batch->faults.empty() ? std::uint8_t{0} : batch->faults[i], made.of(i)});
  }
  totals.released = run.sent.size();
  run.manifest.totals = totals;
  return run;
}

inline VerifyResult verify_text(const SmallRun& run, std::string text, const VerifyOptions& options = {},
                                std::size_t piece = 1 << 14) {
  MemoryArrivals arrivals(std::move(text), piece);
  auto result = verify(run.manifest, *run.truth, arrivals, options);
  EXPECT_TRUE(result) << (result ? "" : result.error().what);
  return result ? std::move(*result) : VerifyResult{};
}

/// What --invariants finds.
inline Findings laws_of(const std::string& text, const std::string& master_data_dir = {}) {
  MemoryArrivals arrivals(text);
  auto findings = check_invariants(arrivals, master_data_dir);
  EXPECT_TRUE(findings);
  return findings ? *findings : Findings{};
}

/// Replaces the value behind `key` in a JSON line that has it.
inline std::string with_value(std::string line, const std::string& key, const std::string& value) {
  const std::size_t begin = line.find("\"" + key + "\":") + key.size() + 3;
  line.replace(begin, line.find_first_of(",}", begin) - begin, value);
  return line;
}

/// "lost 1 altered 2", or "" if all is well.
inline std::string named(const Findings& findings) {
  std::string text;
  for (std::size_t kind = 0; kind < kFindingCount; ++kind)
    if (findings.counts[kind] > 0)
      text += (text.empty() ? "" : " ") + std::string(kFindingNames[kind]) + " " +
              std::to_string(findings.counts[kind]);
  return text;
}

}  // namespace racesim::verify_test
