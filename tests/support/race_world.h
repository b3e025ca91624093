// The race through its scenario, as a user of the library meets it: configs, and rows as plain vectors.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/race.h"
#include "sim/race/race.h"
#include "sim/scenario.h"

namespace racesim::race_test {

inline constexpr std::int64_t kStart_ms = 1'783'260'000'000;  // 2026-07-05T14:00:00Z
inline const std::vector<race::Stream> kAllStreams{race::Stream::telemetry, race::Stream::checkpoints,
                                                   race::Stream::laps, race::Stream::race_control};

/// What a race is made from.
struct RaceConfig : Frame {
  race::RaceContent race;
};

/// One race, at 100 samples a second and with all streams unless changed.
inline RaceConfig race_config(std::uint32_t cars, std::uint32_t laps, std::uint64_t seed = 42) {
  RaceConfig config;
  config.seed = seed;
  config.run = 0x0c11edd8;
  config.start_ms = kStart_ms;
  config.race.cars = cars;
  config.race.laps = laps;
  config.race.one_session = true;
  config.race.streams = kAllStreams;
  return config;
}

inline std::unique_ptr<Scenario> make_race(const RaceConfig& config) {
  auto scenario = race::make_scenario(config.race, config);
  EXPECT_TRUE(scenario) << (scenario ? "" : scenario.error().what);
  return scenario ? std::move(*scenario) : nullptr;
}

/// Keeps the side streams, and hands every sample on, in the order in which they come.
class Listener final : public RowConsumer {
 public:
  using OnSample = std::function<void(const TelemetryRow&)>;
  explicit Listener(OnSample on_sample = {}) : on_sample_(std::move(on_sample)) {}

  void take(std::uint32_t, const RowBatch& rows) override {
    ASSERT_EQ(rows.heads.size(), rows.size());
    if (rows.schema().name == schema_info<TelemetryRow>().name) {
      samples += rows.size();
      if (on_sample_)
        for (const TelemetryRow& row : rows.rows<TelemetryRow>()) on_sample_(row);
    } else if (rows.schema().name == schema_info<CheckpointPassRow>().name) {
      for (const auto& row : rows.rows<CheckpointPassRow>()) passes[row.car].push_back(row);
    } else if (rows.schema().name == schema_info<LapRow>().name) {
      for (const auto& row : rows.rows<LapRow>()) laps[row.car].push_back(row);
    } else if (rows.schema().name == schema_info<ResultRow>().name) {
      for (const auto& row : rows.rows<ResultRow>()) results[row.car] = row;
    } else {
      for (const auto& row : rows.rows<RaceControlRow>())
        messages.emplace_back(row.session_time_ms, rows.text(row.message));
    }
  }

  std::uint64_t samples = 0;
  std::map<std::uint16_t, std::vector<CheckpointPassRow>> passes;  ///< by car
  std::map<std::uint16_t, std::vector<LapRow>> laps;
  std::map<std::uint16_t, ResultRow> results;
  std::vector<std::pair<std::int64_t, std::string>> messages;  ///< since the session's begin

 private:
  OnSample on_sample_;
};

/// Plays a closed scenario from end to end.
inline void play(const Scenario& scenario, RowConsumer& out) {
  const auto walk = scenario.walk({0, scenario.shard_count()}, 0);
  for (std::uint64_t slice = 0; slice < scenario.slices().count(); ++slice) walk->fill(slice, out);
}

}  // namespace racesim::race_test
