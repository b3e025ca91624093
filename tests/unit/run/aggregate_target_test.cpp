// Goal: whatever fails or is killed in between, what a keeper holds and outputs got is what an undisturbed
// pass gives. Method: a keeper in memory that fails now and then, targets that are thrown away at random and
// made anew from what it holds, random lines on several lanes with late and repeated events, one plain pass
// beside it.
#include "run/aggregate/aggregate_target.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "agg/entry.h"
#include "codec/encoder.h"
#include "run/rows/block_decoder.h"

namespace racesim {
namespace {

constexpr std::int64_t kStart_us = 1'783'260'000'000'000;  // 2026-07-05T14:00:00Z

/// Result lines by what is their key in the text: all up to the window's end.
using Results = std::map<std::string, std::string>;

void note_results(const AggregationEntry& entry, const RowBatch& rows, Results& results) {
  const auto encoder = *make_encoder(entry.result(), "json", &entry.table);
  WireBatch lines;
  encoder->encode(rows, lines);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string line(lines.line(i));
    results[line.substr(0, line.find("\"samples\""))] = line;
  }
}

/// What outlives a process.
struct KeptResults {
  std::map<std::string, LanePosition> positions;
  std::optional<std::string> state;
  Results results;
  std::vector<std::string> dead;
};

class MemoryKeeper final : public ResultKeeper {
 public:
  MemoryKeeper(KeptResults& kept, unsigned failing, std::mt19937& random)
      : kept_(kept), failing_(failing), random_(random) {}
  std::string name() const override { return "memory"; }
  Result<std::vector<LanePosition>> positions(std::string_view source) override {
    std::vector<LanePosition> found;
    for (const auto& [key, position] : kept_.positions)
      if (position.source == source) found.push_back(position);
    return found;
  }
  Result<std::optional<std::string>> state() override { return kept_.state; }
  Result<bool> commit(const ResultCommit& what) override {
    if (failing_ > 0 && random_() % failing_ == 0) return fail(ErrorKind::runtime, "the keeper is away", "");
    for (const LaneStep& step : what.steps) {
      LanePosition& position = kept_.positions[step.after.lane];
      EXPECT_EQ(position.next, step.before.next) << "a lane goes on where it was left";
      position = step.after;
    }
    for (const ResultPart& part : what.results) note_results(*part.entry, *part.rows, kept_.results);
    for (const DeadRecord& record : what.dead) kept_.dead.emplace_back(record.raw);
    kept_.state = std::string(what.state);
    return true;
  }
  bool worth_retrying() const override { return true; }
  bool keeps_results() const override { return true; }
  bool keeps_dead_records() const override { return true; }
  Done close() override { return {}; }

 private:
  KeptResults& kept_;
  unsigned failing_;
  std::mt19937& random_;
};

class MemoryOutput final : public ResultOutput {
 public:
  MemoryOutput(Results& results, unsigned failing, std::mt19937& random)
      : results_(results), failing_(failing), random_(random) {}
  std::string name() const override { return "memory"; }
  Done put(const AggregationEntry& entry, const RowBatch& rows) override {
    if (failing_ > 0 && random_() % failing_ == 0) return fail(ErrorKind::runtime, "the output is gone", "");
    note_results(entry, rows, results_);
    return {};
  }
  Done flush() override { return {}; }
  Done close() override { return {}; }

 private:
  Results& results_;
  unsigned failing_;
  std::mt19937& random_;
};

Result<AggregationEngine> make_window_engine() {
  const AggregationEntry* const entry = *find_aggregation("window");
  AggregationFrame frame;
  frame.watermark_delay_us = 3'000'000;
  auto aggregation = entry->make(OptionValues(entry->options), frame);
  if (!aggregation) return tl::make_unexpected(aggregation.error());
  std::vector<AggregationEngine::Part> parts;
  parts.push_back({entry, std::move(*aggregation)});
  return AggregationEngine(std::move(parts), {frame.watermark_delay_us});
}

using LaneLines = std::vector<std::string>;

/// Packets of some vehicles, some late, some twice, some broken.
LaneLines random_lane(std::mt19937& random, int lane) {
  LaneLines lines;
  for (int i = 0; i < 300; ++i) {
    const std::int64_t late_us = random() % 10 == 0 ? static_cast<std::int64_t>(random() % 9'000'000) : 0;
    const std::int64_t time_us = kStart_us + std::int64_t{i} * 200'000 - late_us;
    const std::int64_t second = time_us / 1'000'000 - 1'783'260'000 + 3600;
    lines.push_back(fmt::format(
        R"({{"vehicle_id":"CAR{}{}","timestamp":"2026-07-05T{:02}:{:02}:{:02}.{:06}+00:00","location":{{"lat":52.230400,"lon":21.012200}},"speed_kmh":{}.{},"engine_rpm":2140,"gear":4,"fuel_level_pct":92.1,"fault_codes":[],"road_type":"urban","speed_limit_kmh":50,"speeding":true,"rpm_over_redline":false,"seq":{},"run":"a1b2c3d4"}})",
        lane, i % 2, 13 + second / 3600, second / 60 % 60, second % 60, time_us % 1'000'000, random() % 130,
        random() % 10, i / 2));
    if (random() % 20 == 0) lines.push_back(lines.back());
    if (random() % 30 == 0) lines.emplace_back("{\"broken\":");
  }
  return lines;
}

std::unique_ptr<Work> make_work(BlockDecoder& decoder, const LaneLines& lines, int lane, std::int64_t from,
                                std::int64_t to) {
  auto work = std::make_unique<Work>();
  RecordBlock& block = work->block;
  block.lane = static_cast<std::uint32_t>(lane);
  block.before.source = block.after.source = "file";
  block.before.lane = block.after.lane = std::to_string(lane);
  block.before.next = from;
  block.after.next = to;
  for (std::int64_t i = from; i < to; ++i) {
    block.text.append(lines[static_cast<std::size_t>(i)]);
    block.text.append("\n");
    block.ends.push_back(static_cast<std::uint32_t>(block.text.size()));
    block.offsets.push_back(i);
  }
  block.pad();
  decoder.decode(block, {"lane", ""}, work->decoded);
  return work;
}

struct Aggregating {
  Aggregating(KeptResults& kept, Results& put, unsigned failing, std::mt19937& random, std::size_t lanes) {
    AggregateTargetConfig config;
    config.make_engine = &make_window_engine;
    config.keeper = std::make_unique<MemoryKeeper>(kept, failing, random);
    config.outputs.push_back(std::make_unique<MemoryOutput>(put, failing, random));
    config.clock = &system_clock();
    target = std::make_unique<AggregateTarget>(std::move(config));
    // What the one before could not deliver; an output that fails again is tried again.
    while (!target->open()) {
    }
    std::vector<LanePosition> asked(lanes);
    for (std::size_t i = 0; i < lanes; ++i) asked[i] = {"file", std::to_string(i), 0, 0, -1, {}, 0};
    EXPECT_TRUE(target->begin_lanes(asked));
    for (std::size_t i = 0; i < lanes; ++i) {
      const auto known = kept.positions.find(std::to_string(i));
      next.push_back(known == kept.positions.end() ? 0 : known->second.next);
    }
  }
  std::unique_ptr<AggregateTarget> target;
  std::vector<std::int64_t> next;
};

/// As the writer does it: until it is done, or there is no hope.
bool write_out(AggregateTarget& target) {
  Result<bool> done = target.write();
  while (!done && target.worth_retrying()) done = target.write();
  static_cast<void>(target.take());
  return done && *done;
}

TEST(AggregateTarget, KilledAndFailingItGivesWhatAnUndisturbedPassGives) {
  const auto decoder = *BlockDecoder::make({});
  for (unsigned seed = 1; seed <= 40; ++seed) {
    std::mt19937 random(seed);
    std::vector<LaneLines> lanes;
    for (int lane = 0; lane < 3; ++lane) lanes.push_back(random_lane(random, lane));

    KeptResults plain;
    Results plain_put;
    Aggregating whole(plain, plain_put, 0, random, lanes.size());
    for (std::size_t lane = 0; lane < lanes.size(); ++lane)
      whole.target->add(make_work(*decoder, lanes[lane], static_cast<int>(lane), 0,
                                  static_cast<std::int64_t>(lanes[lane].size())));
    ASSERT_TRUE(write_out(*whole.target));
    ASSERT_TRUE(whole.target->finish(true));
    ASSERT_FALSE(plain.results.empty());
    EXPECT_EQ(plain.results, plain_put);

    KeptResults kept;
    Results put;
    auto process = std::make_unique<Aggregating>(kept, put, 5, random, lanes.size());
    const auto left = [&] {
      std::vector<std::size_t> open;
      for (std::size_t lane = 0; lane < lanes.size(); ++lane)
        if (process->next[lane] < static_cast<std::int64_t>(lanes[lane].size())) open.push_back(lane);
      return open;
    };
    for (std::vector<std::size_t> open = left(); !open.empty(); open = left()) {
      const std::size_t blocks = 1 + random() % 3;
      for (std::size_t i = 0; i < blocks && !left().empty(); ++i) {
        open = left();
        const std::size_t lane = open[random() % open.size()];
        const std::int64_t from = process->next[lane];
        const std::int64_t to = std::min<std::int64_t>(from + 1 + static_cast<std::int64_t>(random() % 60),
                                                       static_cast<std::int64_t>(lanes[lane].size()));
        process->target->add(make_work(*decoder, lanes[lane], static_cast<int>(lane), from, to));
        process->next[lane] = to;
      }
      // Killed before, in the middle of, or behind a transaction.
      if (random() % 4 == 0) {
        if (random() % 2 == 0) static_cast<void>(process->target->write());
        process = std::make_unique<Aggregating>(kept, put, 5, random, lanes.size());
        continue;
      }
      if (!write_out(*process->target))
        process = std::make_unique<Aggregating>(kept, put, 5, random, lanes.size());
    }
    while (!process->target->finish(true))
      if (!process->target->worth_retrying())
        process = std::make_unique<Aggregating>(kept, put, 5, random, lanes.size());
    EXPECT_EQ(kept.results, plain.results) << "seed " << seed;
    EXPECT_EQ(put, plain.results) << "seed " << seed;
    std::sort(kept.dead.begin(), kept.dead.end());
    EXPECT_EQ(kept.dead, plain.dead) << "seed " << seed;
  }
}

TEST(AggregateTarget, EveryRecordIsCountedOnce) {
  const auto decoder = *BlockDecoder::make({});
  std::mt19937 random(7);
  const std::vector<LaneLines> lanes{random_lane(random, 0)};
  KeptResults kept;
  Results put;
  Aggregating process(kept, put, 0, random, 1);
  process.target->add(make_work(*decoder, lanes[0], 0, 0, static_cast<std::int64_t>(lanes[0].size())));
  ASSERT_TRUE(write_out(*process.target));
  const AggregateCounts counts = process.target->counts();
  EXPECT_EQ(counts.consumed, lanes[0].size());
  EXPECT_EQ(counts.consumed, counts.taken + counts.late + counts.late_idle + counts.duplicates +
                                 counts.unusable + counts.ignored + counts.dead_lettered);
  EXPECT_GT(counts.late, 0U);
  EXPECT_GT(counts.duplicates, 0U);
  EXPECT_GT(counts.dead_lettered, 0U);
}

}  // namespace
}  // namespace racesim
