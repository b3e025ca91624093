// The kinds of master data. A new one is its source file and a line here.
#include <array>

#include "model/master.h"
#include "model/race_master.h"
#include "model/vehicle.h"
#include "sim/master/cities.h"
#include "sim/master/entities.h"
#include "sim/master/race_roster.h"
#include "sim/master/tables.h"

namespace racesim {
namespace {

constexpr std::uint64_t kMaxRows = 100'000'000;
constexpr std::uint64_t kMaxVehicles = 1'000'000;

constexpr std::array kEntities{
    MasterEntity{"songs", "--num-songs", &MasterPlan::songs, kMaxRows, "the catalogue's size",
                 &make_song_generator, &schema_info<SongRow>, &kSongTable},
    MasterEntity{"users", "--num-users", &MasterPlan::users, kMaxRows, "the user base's size",
                 &make_user_generator, &schema_info<UserRow>, &kUserTable},
    MasterEntity{"locations", "--num-locations", &MasterPlan::locations, kCityCount, "the built-in cities",
                 &make_location_generator, &schema_info<LocationRow>, &kLocationTable},
    MasterEntity{"vehicles", "--num-vehicles", &MasterPlan::vehicles, kMaxVehicles, "the fleet's size",
                 &make_vehicle_generator, &schema_info<VehicleRow>, &kVehicleTable},
    MasterEntity{"drivers", "--num-cars", &MasterPlan::cars, kMaxRaceCars, "the places on a grid",
                 &make_driver_generator, &schema_info<DriverRow>, &kDriverTable},
    MasterEntity{"teams", "--num-cars", &MasterPlan::cars, kMaxRaceCars, "the places on a grid",
                 &make_team_generator, &schema_info<TeamRow>, &kTeamTable},
    MasterEntity{"cars", "--num-cars", &MasterPlan::cars, kMaxRaceCars, "the places on a grid",
                 &make_car_generator, &schema_info<CarRow>, &kCarTable},
    MasterEntity{"checkpoints", "", nullptr, 0, "", &make_checkpoint_generator, &schema_info<CheckpointRow>,
                 &kCheckpointsTable},
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
