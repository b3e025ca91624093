// What a fleet is made of: its options, checked.
#pragma once

#include <cstdint>
#include <string>

#include "sim/entry.h"

namespace racesim::fleet {

inline constexpr std::uint32_t kMostVehicles = 1'000'000;

struct FleetContent final : ScenarioContent {
  std::uint32_t vehicles = 1;
  std::string vehicle_id = "TESTCAR01";
  bool id_was_typed = false;
  std::uint64_t rate_mhz = 5000;  ///< packets per vehicle and second, in thousandths
  Document route{"warsaw", {}};   ///< without a text: the built-in network
};

}  // namespace racesim::fleet
