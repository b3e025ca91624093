// The makers behind the registry, one file each.
#pragma once

#include <memory>

#include "sim/master/generator.h"

namespace racesim {

std::unique_ptr<MasterGenerator> make_song_generator(const MasterPlan& plan);
std::unique_ptr<MasterGenerator> make_user_generator(const MasterPlan& plan);
std::unique_ptr<MasterGenerator> make_location_generator(const MasterPlan& plan);
std::unique_ptr<MasterGenerator> make_vehicle_generator(const MasterPlan& plan);
std::unique_ptr<MasterGenerator> make_driver_generator(const MasterPlan& plan);
std::unique_ptr<MasterGenerator> make_team_generator(const MasterPlan& plan);
std::unique_ptr<MasterGenerator> make_car_generator(const MasterPlan& plan);
std::unique_ptr<MasterGenerator> make_checkpoint_generator(const MasterPlan& plan);

}  // namespace racesim
