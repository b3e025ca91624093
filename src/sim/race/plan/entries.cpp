#include "sim/race/plan/entries.h"

#include <algorithm>
#include <string>

#include "model/race_master.h"

namespace racesim::race {
namespace {

CarModel model_of(const CarRow& row) {
  CarModel m;
  m.mass_kg = row.mass_kg;
  m.lift_area_m2 = row.lift_area_dm2 / 100.0;
  m.drag_area_m2 = row.drag_area_dm2 / 100.0;
  m.drs_drag_cut = row.drs_drag_cut / 1000.0;
  m.grip = row.grip / 1000.0;
  m.grip_per_n = row.grip_per_n_e6 / 1e6;
  m.traction = row.traction / 1000.0;
  m.brake_limit_mps2 = row.brake_limit_dmps2 / 10.0;
  m.engine_kw = row.engine_kw;
  m.electric_kw = row.electric_kw;
  m.driveline_efficiency = row.driveline_efficiency / 1000.0;
  m.fuel_flow_kgps = row.fuel_flow_cgps / 100'000.0;
  return m;
}

bool same_rules(const CarRow& a, const CarRow& b) {
  return a.mass_kg == b.mass_kg && a.lift_area_dm2 == b.lift_area_dm2 && a.drag_area_dm2 == b.drag_area_dm2 &&
         a.drs_drag_cut == b.drs_drag_cut && a.grip == b.grip && a.grip_per_n_e6 == b.grip_per_n_e6 &&
         a.traction == b.traction && a.brake_limit_dmps2 == b.brake_limit_dmps2 &&
         a.engine_kw == b.engine_kw && a.electric_kw == b.electric_kw &&
         a.driveline_efficiency == b.driveline_efficiency && a.fuel_flow_cgps == b.fuel_flow_cgps;
}

void take_driver(const DriverRow& row, Entry& e) {
  e.pace_loss_s += row.pace_loss_ms / 1000.0;
  e.noise = row.lap_noise / 1000.0;
  e.start_skill = row.start_skill / 1000.0;
  e.overtaking = row.overtaking / 1000.0;
  e.defending = row.defending / 1000.0;
  e.accident_share = row.accident_share / 10'000.0;
}

tl::unexpected<Error> bad(const Entry& e, const std::string& what) {
  return fail(
      ErrorKind::master_data, "cars: car " + std::to_string(e.car) + ": " + what,
      "correct it, or make a set that fits together in another folder: racesim generate-master --only "
      "drivers,teams,cars --output-dir DIR");
}

}  // namespace

Result<EntryList> read_entries(const RowBatch& drivers, const RowBatch& teams, const RowBatch& cars,
                               std::size_t count) {
  const auto car_rows = cars.rows<CarRow>();
  const auto driver_rows = drivers.rows<DriverRow>();
  const auto team_rows = teams.rows<TeamRow>();
  if (count > car_rows.size())
    return fail(ErrorKind::master_data,
                "cars: " + std::to_string(count) + " cars are requested, but there are only " +
                    std::to_string(car_rows.size()),
                "fewer: --cars " + std::to_string(car_rows.size()) +
                    "   or more in another folder: racesim generate-master --num-cars " +
                    std::to_string(count) + " --output-dir DIR");
  EntryList list;
  for (const TeamRow& team : team_rows) list.teams.emplace_back(teams.text(team.name));
  std::vector<std::size_t> model_rows;
  for (std::size_t i = 0; i < count; ++i) {
    const CarRow& row = car_rows[i];
    Entry e;
    e.car = row.car;
    e.driver = std::string(cars.text(row.driver_id));
    if (e.car == 0) return bad(e, "0 is no start number: race control uses it for none");
    for (const Entry& other : list.entries) {
      if (other.car == e.car) return bad(e, "the start number appears twice");
      if (other.driver == e.driver) return bad(e, "driver " + e.driver + " has two cars");
    }
    e.pace_loss_s = row.pace_loss_ms / 1000.0;
    e.top_speed_kmh = row.top_speed_dkmh / 10.0;
    e.failure_share = row.failure_share / 10'000.0;
    const auto driver = std::find_if(driver_rows.begin(), driver_rows.end(), [&](const DriverRow& d) {
      return drivers.text(d.driver_id) == e.driver;
    });
    if (driver == driver_rows.end()) return bad(e, "there is no driver '" + e.driver + "'");
    take_driver(*driver, e);
    const auto team = std::find_if(team_rows.begin(), team_rows.end(), [&](const TeamRow& t) {
      return teams.text(t.team_id) == cars.text(row.team_id);
    });
    if (team == team_rows.end())
      return bad(e, "there is no team '" + std::string(cars.text(row.team_id)) + "'");
    e.team = static_cast<std::uint32_t>(team - team_rows.begin());
    e.pit_crew_s = team->pit_crew_ms / 1000.0;
    const auto known = std::find_if(model_rows.begin(), model_rows.end(),
                                    [&](std::size_t m) { return same_rules(car_rows[m], row); });
    e.model = static_cast<std::uint32_t>(known - model_rows.begin());
    if (known == model_rows.end()) {
      model_rows.push_back(i);
      list.models.push_back(model_of(row));
    }
    list.entries.push_back(std::move(e));
  }
  return list;
}

}  // namespace racesim::race
