// What a car is to do on a path, and the baking of it into a template.
#pragma once

#include <vector>

#include "sim/race/car/car_model.h"
#include "sim/race/car/template.h"
#include "sim/race/track/path.h"

namespace racesim::race {

/// Along the path, begin ≤ l < end.
struct Stretch {
  double begin_m;
  double end_m;
};

/// All speeds and shares are wishes that physics may cut: a begin too fast for the first corner is slowed to
/// what the tyres hold.
struct Drive {
  std::vector<Stretch> drs;     ///< where the rear wing may be open; used if Conditions::drs
  double begin_speed_mps = 0;   ///< open paths only
  int begin_gear = 0;           ///< open paths only; 0: by speed
  double end_speed_mps = 1000;  ///< open paths only: at most this at the end; 0: stop exactly there
  double power = 1;             ///< of the engine; a limping car has less
  double braking = 1;           ///< of what tyres and brakes hold; a car rolling to the side uses little
  double lap_work_m2ps3 = 0;    ///< open paths: Template::work_m2ps3 of the flying lap that wear is a share
                                ///< of; 0: of this drive
};

/// Drives the path as fast as it goes. Closed: a flying lap that ends with the speed, gear and pedals it
/// began with. `path` has at least 3 cells and finite values (Track's paths do); the result is a pure
/// function of the arguments, bit for bit. About 1 ms for 6 km.
Template bake(const Path& path, const CarModel& car, const Conditions& conditions, const Drive& drive);

}  // namespace racesim::race
