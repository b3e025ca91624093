#include "sim/race/distance.h"

#include <algorithm>
#include <cmath>

#include "sim/race/render/fast_lap.h"

namespace racesim::race {
namespace {

constexpr double kGrandPrix_m = 305'000;
constexpr double kSlowGrandPrix_m = 260'000;
/// A fast lap of Monaco is driven at 169 km/h, the next slowest ones at 190 and more.
constexpr double kSlow_mps = 180 / 3.6;
constexpr double kSprint_m = 100'000;
constexpr double kSprintLimit_s = 3600;

std::uint32_t laps_of(const Track& track, double distance_m, double fast_lap_s, double limit_s) {
  const double beyond = std::floor(distance_m / track.length_m) + 1;
  const double in_time = std::floor(limit_s / (kRaceLap * fast_lap_s));
  return static_cast<std::uint32_t>(std::max(1.0, std::min(beyond, in_time)));
}

}  // namespace

std::uint32_t grand_prix_laps(const Track& track) {
  const double fast_lap_s = drive_fast_lap(track).drive.duration_s;
  const bool slow = track.length_m / fast_lap_s < kSlow_mps;
  return laps_of(track, slow ? kSlowGrandPrix_m : kGrandPrix_m, fast_lap_s, kTimeLimit_ms / 1000.0);
}

std::uint32_t sprint_laps(const Track& track) {
  return laps_of(track, kSprint_m, drive_fast_lap(track).drive.duration_s, kSprintLimit_s);
}

}  // namespace racesim::race
