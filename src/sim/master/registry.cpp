// The kinds of master data. A new one is its source file and a line here.
#include <array>

#include "sim/master/cities.h"
#include "sim/master/entities.h"

namespace racesim {
namespace {

constexpr std::uint64_t kMaxRows = 100'000'000;
constexpr std::uint64_t kMaxVehicles = 1'000'000;

constexpr std::array kEntities{
    MasterEntity{"songs", &MasterPlan::songs, kMaxRows, "the catalogue's size", &make_song_generator},
    MasterEntity{"users", &MasterPlan::users, kMaxRows, "the user base's size", &make_user_generator},
    MasterEntity{"locations", &MasterPlan::locations, kCityCount, "the built-in cities",
                 &make_location_generator},
    MasterEntity{"vehicles", &MasterPlan::vehicles, kMaxVehicles, "the fleet's size",
                 &make_vehicle_generator},
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
