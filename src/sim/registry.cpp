// The scenarios: one line each.
#include <array>

#include "sim/plays/plays.h"
#include "sim/scenario.h"

namespace racesim {
namespace {

constexpr std::array kScenarios{
    ScenarioEntry{"plays", "song plays of listeners around the world", 1, plays::kMasterEntities,
                  &plays::make_scenario},
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
