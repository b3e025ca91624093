// The scenarios: one line each.
#include <array>

#include "sim/plays/plays.h"
#include "sim/race/race.h"
#include "sim/scenario.h"

namespace racesim {
namespace {

constexpr std::array kScenarios{
    ScenarioEntry{"race", "Grands Prix: telemetry, timing and race control of every car", 1,
                  race::kMasterEntities, false, &race::make_scenario, &race::identity, &race::live_rate},
    ScenarioEntry{"plays", "song plays of listeners around the world", 1, plays::kMasterEntities, true,
                  &plays::make_scenario, &plays::identity, &plays::live_rate},
};

}  // namespace

std::span<const ScenarioEntry> scenarios() {
  return kScenarios;
}

const ScenarioEntry* find_scenario(std::string_view name) {
  for (const ScenarioEntry& entry : kScenarios)
    if (entry.name == name) return &entry;
  return nullptr;
}

}  // namespace racesim
