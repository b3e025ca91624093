// Cars of the race: one rule book for all of them, and what sets them apart.
#include "base/check.h"
#include "model/race_master.h"
#include "sim/master/entities.h"
#include "sim/master/race_roster.h"
#include "sim/race/car/car_model.h"

namespace racesim {
namespace {

template <class Int>
Int scaled(double value, double scale) {
  const double x = value * scale;
  return static_cast<Int>(x < 0 ? x - 0.5 : x + 0.5);
}

class CarGenerator final : public MasterGenerator {
 public:
  explicit CarGenerator(const MasterPlan& plan) : roster_(make_race_roster(plan.seed, plan.cars)) {}

  const SchemaInfo& schema() const override { return schema_info<CarRow>(); }
  std::uint64_t count() const override { return roster_.drivers.size(); }

  void fill(std::uint64_t first, std::size_t n, RowBatch& out) const override {
    RACESIM_CHECK(first + n <= count());
    out.clear();
    out.resize(n);
    for (std::size_t i = 0; i < n; ++i) out.rows<CarRow>()[i] = row(first + i, out);
  }

 private:
  CarRow row(std::uint64_t index, RowBatch& out) const {
    const RosterDriver& driver = roster_.drivers[index];
    const RosterTeam& team = roster_.teams[index / 2];
    const race::CarModel rules;
    CarRow row{};
    row.car = driver.number;
    row.team_id = out.add_text(team.id);
    row.driver_id = out.add_text(driver.id);
    row.pace_loss_ms = scaled<std::int32_t>(team.pace_loss_s, 1000);
    row.top_speed_dkmh = scaled<std::int16_t>(team.top_speed_kmh, 10);
    row.failure_share = scaled<std::uint16_t>(team.failure_share, 10'000);
    row.mass_kg = scaled<std::uint16_t>(rules.mass_kg, 1);
    row.lift_area_dm2 = scaled<std::uint16_t>(rules.lift_area_m2, 100);
    row.drag_area_dm2 = scaled<std::uint16_t>(rules.drag_area_m2, 100);
    row.drs_drag_cut = scaled<std::uint16_t>(rules.drs_drag_cut, 1000);
    row.grip = scaled<std::uint16_t>(rules.grip, 1000);
    row.grip_per_n_e6 = scaled<std::int32_t>(rules.grip_per_n, 1e6);
    row.traction = scaled<std::uint16_t>(rules.traction, 1000);
    row.brake_limit_dmps2 = scaled<std::uint16_t>(rules.brake_limit_mps2, 10);
    row.engine_kw = scaled<std::uint16_t>(rules.engine_kw, 1);
    row.electric_kw = scaled<std::uint16_t>(rules.electric_kw, 1);
    row.driveline_efficiency = scaled<std::uint16_t>(rules.driveline_efficiency, 1000);
    row.fuel_flow_cgps = scaled<std::uint32_t>(rules.fuel_flow_kgps, 100'000);
    return row;
  }

  RaceRoster roster_;
};

}  // namespace

std::unique_ptr<MasterGenerator> make_car_generator(const MasterPlan& plan) {
  return std::make_unique<CarGenerator>(plan);
}

}  // namespace racesim
