// The classification at every moment of a session. In a race cars are ordered by the checkpoints that they
// have passed, then by who was there first; in qualifying and practice by best laps.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/types.h"

namespace racesim::race {

/// Of one car, from a moment on until the next one of the car.
struct Standing {
  std::int64_t since_ms;  ///< since lights out
  std::uint16_t position;
  Maybe<std::int32_t> gap_ms;  ///< to the first; none: it has no time
  bool says_the_same(const Standing& other) const {
    return position == other.position && gap_ms == other.gap_ms;
  }
};

/// By car. Filled in the order of time.
class Standings {
 public:
  explicit Standings(std::size_t cars = 0) : cars_(cars) {}

  /// Unless nothing changes. A later one of the same moment replaces it.
  void add(std::size_t car, const Standing& standing) {
    std::vector<Standing>& own = cars_[car];
    if (!own.empty() && own.back().since_ms == standing.since_ms) own.pop_back();
    if (own.empty() || !own.back().says_the_same(standing)) own.push_back(standing);
  }
  /// Of a car that gives up at the checkpoint it passes: as it stood there, before that.
  void add_last_pass(std::size_t car, const Standing& standing) {
    if (last_pass_.empty()) last_pass_.resize(cars_.size(), {INT64_MIN, 0, {}});
    last_pass_[car] = standing;
  }
  /// The standings of a car from the one that holds at `time_ms` on; before the first one that one.
  std::span<const Standing> from(std::size_t car, std::int64_t time_ms) const;
  const Standing& at(std::size_t car, std::int64_t time_ms) const { return from(car, time_ms).front(); }
  /// As the car stands when it passes a checkpoint: whoever gives up there does so behind it.
  const Standing& at_pass(std::size_t car, std::int64_t time_ms) const {
    const bool is_last = !last_pass_.empty() && last_pass_[car].since_ms == time_ms;
    return is_last ? last_pass_[car] : at(car, time_ms);
  }

 private:
  std::vector<std::vector<Standing>> cars_;
  std::vector<Standing> last_pass_;  ///< by car, of those that gave up at one; or empty
};

struct RacePlan;

/// Of a race: every car stands on its grid slot with no gap until it passes the line. Whoever has retired is
/// behind all others. The gap is that at the last checkpoint, to the car that is first now.
Standings race_standings(const RacePlan& plan);

/// Of qualifying and practice: as the timing screen has it.
Standings session_standings(const RacePlan& plan);

}  // namespace racesim::race
