// What the result of a session says of one car.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "model/types.h"
#include "sim/race/plan/race_plan.h"

namespace racesim::race {

/// As in ResultRow.
struct Outcome {
  std::uint32_t position = 0;
  bool classified = false;
  Maybe<std::int16_t> grid;
  std::size_t laps = 0;
  Maybe<std::int64_t> time_ms, gap_ms;
  std::uint16_t points = 0;
  std::string status;
  std::array<Maybe<std::int32_t>, 3> part_ms;
  std::int64_t penalties_ms = 0;
};

/// `car` is an index into the plan's cars.
Outcome outcome_of(const RacePlan& plan, std::size_t car);

}  // namespace racesim::race
