// Where the sector lines lie. Telemetry does not say, only in which sector each sample is: a car that changes
// from one sector to the next between two samples bounds the line, and what all cars of a run show narrows
// it. Times are whole milliseconds, and a sample shows the sector of its own, so the line lies at the
// earliest a millisecond behind the sample before it, at the latest at the sample behind it. With a sample
// every 10 ms some 40 crossings leave a millimetre (of 20 cars: two or three laps), with one every 100 ms
// some 500. Until then the time of a crossing is not known, unless both bounds give the same millisecond.
#pragma once

#include <cstdint>
#include <optional>

#include "agg/timing/crossing.h"

namespace racesim {

/// Farther apart samples bound no line that could ever be known.
inline constexpr std::int64_t kMostSpacing_ms = 100;

/// One line. Bounds hang on the set of crossings alone, not on their order, as long as all are of one track.
/// Without padding.
class SectorLine {
 public:
  /// Whether anything is new. The car has driven on from sight to sight, nothing is missing between them, and
  /// they are at most kMostSpacing_ms apart.
  bool narrow(const Crossing& crossing);
  /// Epoch ms, once known. The same for ever, whatever crossings are still to come.
  std::optional<std::int64_t> time_ms(const Crossing& crossing) const;

 private:
  std::int64_t low_um_ = INT64_MIN / 4, high_um_ = INT64_MAX / 4;
  std::uint32_t agreed_ = 0, against_ = 0;
};

}  // namespace racesim
