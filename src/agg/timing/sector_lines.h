// Where the sector lines lie. Telemetry does not say, only in which sector each sample is: a car that changes
// from one sector to the next between two samples bounds the line, and what all cars of a run show narrows
// it. Times are whole milliseconds, and that tells twice.
//
// Bounds: a sample shows the sector of its own, so the line lies at the earliest a millisecond behind the
// sample before it, at the latest at the sample behind it.
//
// Places: a car is on the line at a whole millisecond, so of each crossing only the places count where the
// car was at one of them, some centimetres apart. Of different crossings only the line itself agrees: with a
// sample every 10 ms some 7 crossings leave one place, to a millimetre; with one every 50 ms, 10 to 60, and
// with one every 100 ms, 25 to 80, since cars of one speed tell the same. Of producers whose cars pass lines
// at any moment the places disagree again and again; then only the bounds are left.
//
// Until then the time of a crossing is not known, unless all that is left gives the same millisecond.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "agg/timing/crossing.h"

namespace racesim {

/// Farther apart samples bound no line that could ever be known.
inline constexpr std::int64_t kMostSpacing_ms = 100;

/// A stretch of the lap, in µm.
struct Stretch {
  std::int64_t low_um = INT64_MIN / 4, high_um = INT64_MAX / 4;
};

/// Places where a line can be, as far as crossings at whole milliseconds tell. Without padding.
class LinePlaces {
 public:
  /// Whether within() may tell more than before.
  bool narrow(const Crossing& crossing);
  /// What is left within `bounds`; none: nothing that is sure enough.
  std::optional<Stretch> within(const Stretch& bounds) const;

 private:
  static constexpr std::uint32_t kMost = kMostSpacing_ms;
  std::array<Stretch, kMost> places_{};  ///< `count_` of them, ascending, apart from each other
  std::uint32_t count_ = 0;
  std::uint32_t agreed_ = 0, against_ = 0;
  std::uint32_t halvings_ = 0;  ///< a wrong place outlives all that was seen by a chance of one half to this
};

/// One line. What is left hangs on the set of crossings alone, not on their order, as long as all are of one
/// track. Without padding.
class SectorLine {
 public:
  /// Whether anything is new. The car has driven on from sight to sight, nothing is missing between them, and
  /// they are at most kMostSpacing_ms apart.
  bool narrow(const Crossing& crossing);
  /// Epoch ms, once known. The same for ever, whatever crossings are still to come.
  std::optional<std::int64_t> time_ms(const Crossing& crossing) const;

 private:
  Stretch bounds_;
  std::uint32_t agreed_ = 0, against_ = 0;
  LinePlaces places_;
};

}  // namespace racesim
