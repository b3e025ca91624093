// What a race is made of: its options, checked.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/entry.h"
#include "sim/race/plan/race_input.h"
#include "sim/race/row_names.h"
#include "sim/race/sample_rate.h"
#include "sim/race/streams.h"

namespace racesim::race {

/// By SessionKind.
inline constexpr std::array<std::string_view, 3> kSessionNames{"race", "qualifying", "practice"};
/// How much of a race there is: simple cars are the simulator document's.
inline constexpr std::array<std::string_view, 2> kModelNames{"full", "simple"};

/// Most that a grid holds: beyond it the last car would stand on the start of the lap before.
inline constexpr std::uint32_t kMostCars = 40;
inline constexpr std::uint32_t kMostLaps = 1000;

struct RaceContent final : ScenarioContent {
  SampleRate rate;
  std::uint32_t cars = 20;
  std::uint32_t laps = 52;
  SessionKind kind = SessionKind::race;
  bool simple = false;
  RowNames names = RowNames::racesim;
  bool one_session = false;  ///< no further session follows
  Document track{"silverstone", {}};
  std::optional<double> altitude_m;                ///< in place of the track's
  std::int64_t at_ms = 0;                          ///< the run begins so far into its first session
  std::vector<Stream> streams{Stream::telemetry};  ///< ascending
};

}  // namespace racesim::race
