// Fault codes: which of them a vehicle has set. They come by distance and stay until a workshop clears them
// by night, some days later.
#pragma once

#include <cstdint>

#include "model/fleet.h"
#include "sim/fleet/plan/local_time.h"
#include "sim/fleet/plan/vehicle.h"

namespace racesim::fleet {

using FaultCodes = List<FaultCode, kMostFaultCodes>;

/// Codes per 1000 km, all kinds together.
inline constexpr double kFaultsPer1000Km = 0.187;

/// The distance of a usual day, from which a day's chance of a fault follows; 0 on days off.
double usual_km(VehicleKind kind, std::int64_t day);

struct Trouble {
  FaultCodes codes;
  std::int64_t until_us = 0;  ///< they change then at the earliest
  bool misfiring = false;
};

/// What is set at a moment. Pure.
Trouble trouble_at(const Vehicle& vehicle, const LocalTime& time, std::int64_t time_us);

}  // namespace racesim::fleet
