#include "sim/race/render/fast_lap.h"

#include "sim/race/car/drive.h"
#include "sim/race/track/import/drs.h"
#include "sim/race/track/ways.h"

namespace racesim::race {

FastLap drive_fast_lap(const Track& track) {
  constexpr double kQualifyingFuel_kg = 5;
  FastLap lap;
  lap.line = racing_line(track);
  Conditions conditions;
  conditions.fuel_kg = kQualifyingFuel_kg;
  conditions.drs = true;
  conditions.air_kgpm3 = air_of(track);
  Drive drive;
  drive.drs = drs_stretches(track, lap.line);
  lap.drive = bake(lap.line, CarModel{}, conditions, drive);
  return lap;
}

}  // namespace racesim::race
