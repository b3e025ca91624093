// The kinds of master data. A new one is its source file and a line here.
#include <array>

#include "sim/master/cities.h"
#include "sim/master/entities.h"
#include "sim/master/race_roster.h"

namespace racesim {
namespace {

constexpr std::uint64_t kMaxRows = 100'000'000;
constexpr std::uint64_t kMaxVehicles = 1'000'000;

constexpr std::array kEntities{
    MasterEntity{"songs", "--num-songs", &MasterPlan::songs, kMaxRows, "the catalogue's size",
                 &make_song_generator},
    MasterEntity{"users", "--num-users", &MasterPlan::users, kMaxRows, "the user base's size",
                 &make_user_generator},
    MasterEntity{"locations", "--num-locations", &MasterPlan::locations, kCityCount, "the built-in cities",
                 &make_location_generator},
    MasterEntity{"vehicles", "--num-vehicles", &MasterPlan::vehicles, kMaxVehicles, "the fleet's size",
                 &make_vehicle_generator},
    MasterEntity{"drivers", "--num-cars", &MasterPlan::cars, kMaxRaceCars, "the places on a grid",
                 &make_driver_generator},
    MasterEntity{"teams", "--num-cars", &MasterPlan::cars, kMaxRaceCars, "the places on a grid",
                 &make_team_generator},
    MasterEntity{"cars", "--num-cars", &MasterPlan::cars, kMaxRaceCars, "the places on a grid",
                 &make_car_generator},
    MasterEntity{"checkpoints", "", nullptr, 0, "", &make_checkpoint_generator},
};

}  // namespace

std::span<const MasterEntity> master_entities() {
  return kEntities;
}

const MasterEntity* find_master_entity(std::string_view name) {
  for (const MasterEntity& entity : kEntities)
    if (entity.name == name) return &entity;
  return nullptr;
}

}  // namespace racesim
