// The entry list: drivers, teams and cars of the master data, put together for a plan.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "model/batch.h"
#include "sim/race/car/car_model.h"
#include "sim/race/plan/race_input.h"

namespace racesim::race {

struct EntryList {
  std::vector<Entry> entries;      ///< in the order of the cars
  std::vector<std::string> teams;  ///< names, by Entry::team
  std::vector<CarModel> models;    ///< those that differ; Entry::model points here
};

/// The first `count` rows of `cars` (CarRow) with their drivers (DriverRow) and teams (TeamRow). Errors
/// (master_data): fewer cars than that, a start number or driver twice, a driver or team that no row
/// describes.
Result<EntryList> read_entries(const RowBatch& drivers, const RowBatch& teams, const RowBatch& cars,
                               std::size_t count);

}  // namespace racesim::race
