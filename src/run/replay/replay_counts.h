// What a replay has read and made of it.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace racesim {

/// At one moment.
struct ReplayStatus {
  std::uint64_t read = 0;      ///< records, of all rounds
  std::uint64_t outside = 0;   ///< before --from
  std::uint64_t filtered = 0;  ///< left out by --filter
  std::uint64_t refused = 0;   ///< no events: among the dead letters
  std::uint64_t late = 0;      ///< older than one before it in its lane; sent at once
  std::uint64_t jumps = 0;     ///< times that were not believed, clocks that were set back
  std::uint64_t cut_gaps = 0;  ///< waits cut to --max-gap
  std::uint64_t rounds = 0;    ///< that were begun
  double asked_speed = 0;      ///< 0: as fast as possible
  double got_speed = 0;        ///< event time per time of the clock, of what was sent; 0: not known
  std::string first_refusal;   ///< where the first one stands, and why it is none
};

/// Written by the reading thread, read by any.
struct ReplayCounters {
  std::atomic<std::uint64_t> read{0}, outside{0}, filtered{0}, refused{0}, late{0}, jumps{0}, cut_gaps{0},
      rounds{0};
};

}  // namespace racesim
