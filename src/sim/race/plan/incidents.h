// What will go wrong in a race: accidents, failures, debris, and what race control answers.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/race/plan/race_input.h"
#include "sim/race/plan/race_plan.h"

namespace racesim::race {

/// What contact leaves of a car that goes on.
enum class Damage : std::uint8_t { none, wing, puncture };

enum class Response : std::uint8_t { none, yellow, double_yellow, vsc, sc, red };

inline constexpr std::uint32_t kNobody = 0xffffffff;

/// A reason: somebody may be blamed for it.
inline constexpr std::string_view kCollision = "collision damage";

struct Incident {
  std::uint32_t entry = kNobody;  ///< the car, or nobody: debris that the leader finds
  std::uint32_t lap = 1;          ///< of that car, of the leader for debris
  std::uint32_t checkpoint = 0;
  Cause cause = Cause::none;
  Damage damage = Damage::none;  ///< with a cause of none: the car drives on, slowly, to its box
  Response response = Response::none;
  std::uint32_t laps = 0;  ///< how long the safety car stays
  bool in_pit = false;     ///< the car reaches its box and gives up there
  std::string_view reason;
};

/// A shorter race is never stopped: it is not worth waiting for.
inline constexpr std::uint32_t kRedLeast_laps = 10;

/// Whether a red flag is drawn: such a race needs queue_ways and grid_ways.
bool may_be_stopped(const PlanInput& input);

/// At most one per car. Safety-car counts and laps, accidents and failures follow the frequencies of the
/// shared facts (season tables of TUMFTM's race simulation). Ordered by lap and checkpoint.
std::vector<Incident> draw_incidents(const PlanInput& input);

}  // namespace racesim::race
