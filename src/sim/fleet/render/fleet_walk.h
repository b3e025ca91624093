// Renders packets slice by slice. A slice is a run of (tick, vehicle) in the order of time; packets that a
// radio gap held back are taken out and put in where they are sent.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "sim/fleet/ids.h"
#include "sim/fleet/plan/planner.h"
#include "sim/fleet/plan/radio.h"
#include "sim/fleet/render/ticks.h"
#include "sim/scenario.h"

namespace racesim::fleet {

/// What all walks of a fleet share; immutable, and outlives them.
struct FleetContext {
  std::uint32_t run = 0;
  SliceGrid slices;
  Ticks ticks;
  const std::vector<Vehicle>* vehicles = nullptr;
  const VehicleIds* ids = nullptr;
  const Planner* planner = nullptr;
  const LocalTime* time = nullptr;
  const Radio* radio = nullptr;

  std::int64_t start_us() const { return slices.begin_ns / 1000; }
};

/// Several threads may fill at a time: each has cursors of its own, which it keeps.
class FleetWalk final : public Walk {
 public:
  /// Vehicles [first, last).
  FleetWalk(const FleetContext& context, std::uint32_t first, std::uint32_t last);
  ~FleetWalk() override;
  void fill(std::uint64_t index, RowConsumer& out) override;

 private:
  class Painter;

  /// One that has painted nothing behind this slice, if there is one.
  std::unique_ptr<Painter> take_painter(std::uint64_t slice);
  void give_back(std::unique_ptr<Painter> painter);

  const FleetContext& context_;
  const std::uint32_t first_, last_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Painter>> free_;
};

}  // namespace racesim::fleet
