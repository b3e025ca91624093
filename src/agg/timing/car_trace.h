// One car's samples in their order: which lines lie between each and the one before, and when it passed them.
#pragma once

#include <array>
#include <cstdint>

#include "agg/state.h"
#include "agg/timing/crossing.h"
#include "agg/timing/sample.h"

namespace racesim {

/// What a sample tells beside itself that is of another sector than the one before.
struct Step {
  enum class Kind : std::uint8_t {
    sector,  ///< a sector of the lap has ended
    lap,     ///< the next lap has begun, at `line_ms`
    lost,    ///< nothing joins it to what was before: the first sample, another session, a long hole
  };
  Kind kind = Kind::lost;
  /// Of `sector`: the line that was passed, 0 or 1, and its crossing can be timed; else -1.
  int line = -1;
  bool narrows = false;      ///< of a line: samples are whole there, so the crossing tells where it lies
  std::int64_t line_ms = 0;  ///< of `lap`, epoch
  Crossing crossing{};       ///< of `sector` and `lap`
};

class CarTrace {
 public:
  /// Most samples are of the same sector as the one before: then this takes the sample, and there is no step.
  bool goes_on(const Sample& sample) {
    if (count_ == 0 || sample.sector != sector_ || sample.lap != lap_ || sample.session != session_)
      return false;
    recent_[count_++ % kRecent] = sample.sight;
    return true;
  }
  /// For the others. `missing` samples are not there before this one.
  Step follow(const Sample& sample, std::uint64_t missing);

  bool empty() const { return count_ == 0; }
  /// Of one that is not empty.
  const Sight& last() const { return recent_[(count_ - 1) % kRecent]; }

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  static constexpr std::uint32_t kRecent = 8;
  double ratio() const;
  Step cross_line(const Sample& sample) const;
  Step change_sector(const Sample& sample, std::uint64_t missing) const;

  std::array<Sight, kRecent> recent_{};  ///< of this lap, the newest at (count_ - 1) % kRecent
  std::uint32_t count_ = 0;              ///< since the lap's begin, or since the trace was lost
  std::uint16_t session_ = 0, lap_ = 0;
  std::uint8_t sector_ = 0;
};

}  // namespace racesim
