// Radio gaps: for some seconds a vehicle's packets do not get through; then they come in a burst, in order.
// Which vehicle has one when is found by time, without looking at all vehicles.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/fleet/plan/draws.h"
#include "sim/fleet/render/ticks.h"

namespace racesim::fleet {

/// Packets [first, last) of a vehicle are sent late, number k of them at the gap's end plus k · step. Behind
/// the last one the radio has caught up.
struct RadioGap {
  std::uint32_t vehicle = 0;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::int64_t end_us = 0;  ///< since the start
  std::int64_t step_us = 0;

  std::int64_t emit_us(std::uint64_t tick) const {
    return end_us + static_cast<std::int64_t>(tick - first) * step_us;
  }
};

/// Time is cut into cells; in each cell one vehicle in kCells may lose its radio, so each vehicle every two
/// hours.
class Radio {
 public:
  static constexpr std::int64_t kCell_us = 15 * kSecond_us;
  static constexpr std::uint64_t kCells = 480;
  /// From a gap's begin until the radio has caught up.
  static constexpr std::int64_t kLongest_us = 150 * kSecond_us;

  Radio(std::uint64_t seed, Ticks ticks) : seed_(seed), ticks_(ticks) {}

  /// Gaps of vehicles [first, last) that begin before `to_us` and may reach beyond `from_us`; by vehicle.
  void between(std::int64_t from_us, std::int64_t to_us, std::uint32_t first, std::uint32_t last,
               std::vector<RadioGap>& out) const {
    out.clear();
    const std::int64_t begin_cell = std::max<std::int64_t>(0, (from_us - kLongest_us) / kCell_us - 1);
    for (std::int64_t cell = begin_cell; cell * kCell_us < to_us; ++cell)
      add_cell(cell, from_us, to_us, first, last, out);
    std::sort(out.begin(), out.end(),
              [](const RadioGap& a, const RadioGap& b) { return a.vehicle < b.vehicle; });
  }

 private:
  void add_cell(std::int64_t cell, std::int64_t from_us, std::int64_t to_us, std::uint32_t first,
                std::uint32_t last, std::vector<RadioGap>& out) const {
    // The first vehicle has its turn an hour after the start.
    const std::uint64_t turn = (static_cast<std::uint64_t>(cell) + kCells / 2) % kCells;
    const std::uint64_t before = (first + kCells - 1 - turn) / kCells;
    for (std::uint64_t vehicle = turn + (first > turn ? before * kCells : 0); vehicle < last;
         vehicle += kCells) {
      const auto gap = gap_of(static_cast<std::uint32_t>(vehicle), cell);
      if (gap && ticks_.time_us(gap->first) < to_us && gap->emit_us(gap->last) >= from_us)
        out.push_back(*gap);
    }
  }
  std::optional<RadioGap> gap_of(std::uint32_t vehicle, std::int64_t cell) const;

  std::uint64_t seed_;
  Ticks ticks_;
};

}  // namespace racesim::fleet
