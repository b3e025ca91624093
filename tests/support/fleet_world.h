// The fleet through its scenario, as a user of the library meets it: configs, and packets as plain vectors.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/fleet.h"
#include "sim/fleet/fleet.h"
#include "sim/scenario.h"

namespace racesim::fleet_test {

inline constexpr std::int64_t kStart_ms = 1'754'611'200'000;  // Friday, 2025-08-08T00:00:00Z
inline constexpr std::int64_t kHour_ms = 3'600'000;

struct FleetConfig : Frame {
  fleet::FleetContent fleet;
};

inline FleetConfig fleet_config(std::uint32_t vehicles, double hours, std::uint64_t seed = 42) {
  FleetConfig config;
  config.seed = seed;
  config.run = 0x0c11edd8;
  config.start_ms = kStart_ms;
  config.end_ms = kStart_ms + static_cast<std::int64_t>(hours * kHour_ms);
  config.fleet.vehicles = vehicles;
  return config;
}

inline std::unique_ptr<Scenario> make_fleet(const FleetConfig& config) {
  auto scenario = fleet::make_scenario(config.fleet, config);
  EXPECT_TRUE(scenario) << (scenario ? "" : scenario.error().what);
  return scenario ? std::move(*scenario) : nullptr;
}

/// Hands every packet on, in the order in which they come.
class Listener final : public RowConsumer {
 public:
  using OnPacket = std::function<void(const FleetRow&, const EventHead&, std::string_view id)>;
  explicit Listener(OnPacket on_packet) : on_packet_(std::move(on_packet)) {}

  void take(std::uint32_t, const RowBatch& rows) override {
    ASSERT_EQ(rows.heads.size(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const FleetRow& row = rows.rows<FleetRow>()[i];
      on_packet_(row, rows.heads[i], rows.text(row.vehicle_id));
    }
  }

 private:
  OnPacket on_packet_;
};

/// Plays slices [first, last) of some shards.
inline void play(const Scenario& scenario, ShardRange shards, std::uint64_t first, std::uint64_t last,
                 Listener::OnPacket on_packet) {
  Listener out(std::move(on_packet));
  const auto walk = scenario.walk(shards, first);
  for (std::uint64_t slice = first; slice < last; ++slice) walk->fill(slice, out);
}
/// A closed scenario from end to end.
inline void play(const Scenario& scenario, Listener::OnPacket on_packet) {
  play(scenario, {0, scenario.shard_count()}, 0, scenario.slices().count(), std::move(on_packet));
}

}  // namespace racesim::fleet_test
