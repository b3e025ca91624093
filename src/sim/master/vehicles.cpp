// Vehicles of the fleet: fictional makes, plausible engines, homes in Polish cities. The first is
// FleetStream's car, TESTCAR01 of Warsaw.
#include <array>
#include <string>

#include "base/check.h"
#include "model/vehicle.h"
#include "sim/master/cities.h"
#include "sim/master/entities.h"
#include "sim/master/keyed.h"

namespace racesim {
namespace {

/// A model as it is sold. Mass, redline and gears are around the reference car of the fleet's physics
/// (1350 kg, 6500 rpm, five gears).
struct CarModel {
  std::string_view make;
  std::string_view model;
  Fuel fuel;
  std::uint16_t first_year;
  std::uint16_t last_year;
  std::uint8_t gears;
  std::uint16_t mass_kg;
  std::uint16_t redline_rpm;
  std::uint16_t tank_dl;
};

constexpr std::array kModels{
    CarModel{"Wislana", "Kora 1.4", Fuel::petrol, 2015, 2021, 5, 1240, 6500, 450},
    CarModel{"Wislana", "Kora 1.6 D", Fuel::diesel, 2015, 2020, 6, 1320, 4800, 450},
    CarModel{"Wislana", "Brenta Estate", Fuel::petrol, 2018, 2023, 6, 1410, 6400, 550},
    CarModel{"Tarnow", "Piko", Fuel::petrol, 2016, 2023, 5, 980, 6300, 350},
    CarModel{"Tarnow", "Piko Hybrid", Fuel::hybrid, 2020, 2023, 6, 1120, 6000, 360},
    CarModel{"Norvang", "N3", Fuel::hybrid, 2019, 2023, 6, 1480, 6200, 430},
    CarModel{"Norvang", "N5 Diesel", Fuel::diesel, 2017, 2022, 6, 1610, 4700, 600},
    CarModel{"Solvane", "Arca", Fuel::petrol, 2014, 2022, 5, 1190, 6600, 420},
    CarModel{"Solvane", "Arca Sport", Fuel::petrol, 2017, 2023, 6, 1290, 7000, 420},
    CarModel{"Merwick", "Cargo L1", Fuel::diesel, 2016, 2023, 6, 1780, 4600, 700},
    CarModel{"Merwick", "Tourer", Fuel::diesel, 2015, 2023, 6, 1560, 4700, 580},
    CarModel{"Hanabi", "Mio", Fuel::hybrid, 2018, 2023, 5, 1090, 6100, 360},
};
constexpr CarModel kReference{"Wislana", "Testa 1.6", Fuel::petrol, 2020, 2020, 5, 1350, 6500, 500};
constexpr std::int32_t kReferenceLatitude_udeg = 52'230'400;  // FleetStream's start
constexpr std::int32_t kReferenceLongitude_udeg = 21'012'200;

std::vector<std::uint16_t> polish_cities() {
  std::vector<std::uint16_t> found;
  for (std::size_t i = 0; i < kCityCount; ++i)
    if (cities()[i].country == "PL") found.push_back(static_cast<std::uint16_t>(i));
  return found;
}

class VehicleGenerator final : public MasterGenerator {
 public:
  explicit VehicleGenerator(const MasterPlan& plan) : seed_(plan.seed), count_(plan.vehicles) {}

  const SchemaInfo& schema() const override { return schema_info<VehicleRow>(); }
  std::uint64_t count() const override { return count_; }

  void fill(std::uint64_t first, std::size_t n, RowBatch& out) const override {
    RACESIM_CHECK(first + n <= count_);
    out.clear();
    out.resize(n);
    for (std::size_t i = 0; i < n; ++i) out.rows<VehicleRow>()[i] = row(first + i, out);
  }

 private:
  VehicleRow row(std::uint64_t index, RowBatch& out) const {
    Dice dice(stream_key(seed_, "master.vehicles.row", index));
    const bool is_reference = index == 0;
    const CarModel& car = is_reference ? kReference : kModels[dice.below(kModels.size())];
    const City& home = cities()[homes_.pick(dice.unit())];
    const std::string number = std::to_string(index + 1);
    VehicleRow row{};
    row.vehicle_id = out.add_text("TESTCAR" + std::string(number.size() < 2 ? 1 : 0, '0') + number);
    row.make = out.add_text(car.make);
    row.model = out.add_text(car.model);
    row.model_year =
        static_cast<std::uint16_t>(car.first_year + dice.below(car.last_year - car.first_year + 1U));
    row.fuel_type = car.fuel;
    row.gears = car.gears;
    row.mass_kg = car.mass_kg;
    row.redline_rpm = car.redline_rpm;
    row.tank_dl = car.tank_dl;
    row.home_city = out.add_text(is_reference ? "Warsaw" : home.name);
    row.home_latitude_udeg = is_reference ? kReferenceLatitude_udeg : home.latitude_udeg;
    row.home_longitude_udeg = is_reference ? kReferenceLongitude_udeg : home.longitude_udeg;
    return row;
  }

  std::uint64_t seed_;
  std::uint64_t count_;
  CityPicker homes_{polish_cities()};
};

}  // namespace

std::unique_ptr<MasterGenerator> make_vehicle_generator(const MasterPlan& plan) {
  return std::make_unique<VehicleGenerator>(plan);
}

}  // namespace racesim
