// The road of the plain cars: places along a lap, and its checkpoints.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/race/plan/globe.h"
#include "sim/race/track/path.h"
#include "sim/race/track/track.h"

namespace racesim::race::simple {

/// A place on the ground.
struct Location {
  double x_m;  ///< east of the track's anchor
  double y_m;
  std::int32_t latitude_udeg;
  std::int32_t longitude_udeg;
};

/// A position on the track that cars pass once a lap.
struct Checkpoint {
  std::uint32_t id;  ///< from 0, the timing line
  std::string name;
  double lap_m;  ///< along the driven line
  Location location;
};

/// Immutable; any thread.
class Circuit {
 public:
  explicit Circuit(const Track& track);

  double lap_m() const { return line_.length_m(); }
  /// In driving order.
  const std::vector<Checkpoint>& checkpoints() const { return checkpoints_; }
  /// How far round the lap a car is that has driven so far since it passed the timing line; `driven_m` may be
  /// negative, before the line.
  double on_lap_m(double driven_m) const;
  /// `lap_m` in 0 … lap_m().
  Location at(double lap_m) const;
  /// The last one passed at `lap_m`.
  const Checkpoint& passed(double lap_m) const;

 private:
  Path line_;
  Globe globe_;
  std::vector<Checkpoint> checkpoints_;
};

}  // namespace racesim::race::simple
