// The race scenario: Grands Prix of cars that drive like cars. Planned session by session, rendered sample by
// sample; docs/race.md tells the model.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "sim/scenario.h"

namespace racesim::race {

inline constexpr std::array<std::string_view, 3> kMasterEntities{"drivers", "teams", "cars"};

/// Names of the streams, in their order: telemetry, checkpoints, laps, race-control.
inline constexpr std::array<std::string_view, 4> kStreamNames{"telemetry", "checkpoints", "laps",
                                                              "race-control"};

inline constexpr std::array<std::string_view, 3> kSessionNames{"race", "qualifying", "practice"};

/// How much of a race there is: simple cars are the simulator document's.
inline constexpr std::array<std::string_view, 2> kModelNames{"full", "simple"};

/// Most that a grid holds: beyond it the last car would stand on the start of the lap before.
inline constexpr std::uint32_t kMostCars = 40;

/// Errors: usage for a track or stream that is not known, no stream, a stream twice, a rate outside 1 to
/// 1000/s, cars outside 1 to kMostCars, no lap, an unknown session, model or set of column names, or what
/// these do not have; master_data for an entry list that does not fit together.
Result<std::unique_ptr<Scenario>> make_scenario(const ScenarioConfig& config);

std::string identity(const ScenarioConfig& config);

/// Events per second of a live run: samples; the other streams add a few.
double live_rate(const ScenarioConfig& config);

}  // namespace racesim::race
