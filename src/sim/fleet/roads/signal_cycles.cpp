#include "sim/fleet/roads/signal_cycles.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace racesim::fleet {
namespace {

/// The same for all who write the place with five decimals or more.
std::uint64_t place_bits(GeoPoint place) {
  constexpr double kUnits = 1e5;
  const auto units = [](double deg) { return static_cast<std::uint64_t>(std::llround(deg * kUnits)); };
  return mix64(units(place.latitude_deg) * kGoldenGamma) ^ mix64(units(place.longitude_deg) + kGoldenGamma);
}

}  // namespace

std::array<Signal, 2> junction_signals(GeoPoint place, const JunctionCycle& cycle) {
  const StreamKey key = stream_key(place_bits(place), "fleet.signal", 0);
  const auto cycle_ms =
      1000 * std::clamp(cycle.cycle_s.value_or(static_cast<std::uint32_t>(60 + 10 * below(draw(key, 0), 7))),
                        60U, 120U);
  const auto drawn_red_ms = static_cast<std::uint32_t>((0.46 + 0.12 * unit(draw(key, 1))) * cycle_ms);
  const auto red_ms =
      std::clamp(cycle.red_s ? *cycle.red_s * 1000 : drawn_red_ms, cycle_ms * 40 / 100, cycle_ms * 62 / 100);
  const auto drawn_offset_ms = static_cast<std::uint32_t>(below(draw(key, 2), cycle_ms));
  const std::uint32_t offset_ms = cycle.offset_s ? *cycle.offset_s * 1000 % cycle_ms : drawn_offset_ms;
  // The crossing road has green and yellow while the main road has red, but for kAllRed_ms at both ends.
  Signal main{cycle_ms, red_ms, kYellow_ms, offset_ms};
  Signal crossing{cycle_ms, cycle_ms - red_ms + 2 * kAllRed_ms, kYellow_ms,
                  (offset_ms + cycle_ms - (red_ms - kAllRed_ms)) % cycle_ms};
  return {main, crossing};
}

}  // namespace racesim::fleet
