// Races of the simulator for aggregations of timing: the telemetry goes through an engine, some of it is left
// out, and what the simulator itself says of laps and passes is kept for comparison.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "agg/engine.h"
#include "agg/entry.h"
#include "base/random.h"
#include "model/race.h"
#include "sim/race/track/import/import.h"
#include "sim/race/track/track_file.h"
#include "support/circuit_shapes.h"
#include "support/race_world.h"

namespace racesim::timing_test {

/// One aggregation behind an engine; lanes are of its own naming.
class OneAggregation {
 public:
  explicit OneAggregation(std::string_view name, Emit emit = Emit::final, std::int64_t delay_us = 10'000'000)
      : entry_(**find_aggregation(name)), emit_(emit), delay_us_(delay_us) {
    begin();
    results_ = engine_->make_results();
  }

  /// Goes on in another engine, from what this one saved.
  void restart() {
    std::string state, again;
    engine_->save(state);
    begin();
    const Done loaded = engine_->load(state);
    ASSERT_TRUE(loaded) << loaded.error().what;
    engine_->save(again);
    ASSERT_EQ(again, state);
  }

  void add(const RowBatch& rows, const std::string& lane = "a") {
    std::vector<std::uint32_t> records(rows.size());
    for (std::uint32_t i = 0; i < records.size(); ++i) records[i] = i;
    const ArrivedRows arrived{&rows, records};
    engine_->add(engine_->lane(lane), {&arrived, 1}, refused_);
    engine_->advance(results_);
  }
  void finish() { engine_->finish(results_); }
  const RowBatch& results() const { return results_[0]; }
  AggregationEngine& engine() { return *engine_; }
  const std::vector<std::vector<Refused>>& refused() const { return refused_; }

 private:
  void begin() {
    AggregationFrame frame;
    frame.emit = emit_;
    frame.watermark_delay_us = delay_us_;
    std::vector<AggregationEngine::Part> parts;
    parts.push_back({&entry_, std::move(*entry_.make(OptionValues(entry_.options), frame))});
    engine_ = std::make_unique<AggregationEngine>(std::move(parts), EngineOptions{delay_us_});
  }

  const AggregationEntry& entry_;
  const Emit emit_;
  const std::int64_t delay_us_;
  std::unique_ptr<AggregationEngine> engine_;
  std::vector<RowBatch> results_;
  std::vector<std::vector<Refused>> refused_;
};

/// (session, car, lap).
using LapKey = std::tuple<int, int, int>;

/// Hands telemetry on, without the samples that `drop_permille` picks, and keeps the simulator's own laps.
class Feed final : public RowConsumer {
 public:
  Feed(OneAggregation& into, std::uint64_t drop_permille = 0, std::uint64_t seed = 1)
      : into_(into), drop_permille_(drop_permille), seed_(seed) {}

  void take(std::uint32_t, const RowBatch& rows) override {
    if (&rows.schema() == &schema_info<LapRow>()) {
      for (const LapRow& row : rows.rows<LapRow>()) laps[{row.session, row.car, row.lap}] = row;
    } else if (&rows.schema() == &schema_info<CheckpointPassRow>()) {
      for (const auto& row : rows.rows<CheckpointPassRow>()) passes.push_back(row);
    } else if (&rows.schema() == &schema_info<TelemetryRow>()) {
      kept_.clear();
      for (const TelemetryRow& row : rows.rows<TelemetryRow>()) {
        if (first_ms.count(row.session) == 0) first_ms[row.session] = row.time.ms;
        if (row.status == CarStatus::out) out_ms.try_emplace({row.session, row.car}, row.time.ms);
        if (mix64(mix64(seed_ + row.car) + row.seq) % 1000 < drop_permille_) continue;
        kept_.resize(kept_.size() + 1);
        TelemetryRow& kept = kept_.rows<TelemetryRow>().back();
        kept = row;
        kept.driver = kept_.add_text(rows.text(row.driver));
        samples.push_back({row.car, row.lap, row.session});
      }
      into_.add(kept_);
    }
  }

  struct Counted {
    std::uint16_t car, lap, session;
  };
  std::map<LapKey, LapRow> laps;
  std::vector<CheckpointPassRow> passes;
  std::map<int, std::int64_t> first_ms;                ///< of the samples of a session
  std::map<std::pair<int, int>, std::int64_t> out_ms;  ///< first sample that shows it, by session and car
  std::vector<Counted> samples;                        ///< that were handed on

 private:
  OneAggregation& into_;
  const std::uint64_t drop_permille_, seed_;
  RowBatch kept_{schema_info<TelemetryRow>()};
};

/// A short circuit with slow bends, one near the timing line.
inline Document town_circuit() {
  const track_test::CircuitShape shape{
      .name = "town", .turns = {{300, 0, 20}, {320, 180, 25}, {60, 240, 30}, {-180, 120, 15}, {-160, 0, 18}}};
  const auto track = race::import_track(track_test::csv(shape), "town");
  EXPECT_TRUE(track) << (track ? "" : track.error().what);
  return {"town", race::write_track(*track)};
}

}  // namespace racesim::timing_test
