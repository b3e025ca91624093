#include "agg/timing/car_rows.h"

namespace racesim {

void CarRows::save(StateWriter& out) const {
  cars_.save(out);
  order_.save(out);
  names_.save(out);
  for (const std::uint32_t driver : drivers_) out.put(driver);
}

void CarRows::load(StateReader& in) {
  cars_.load(in);
  order_.load(in);
  names_.load(in);
  drivers_.resize(cars_.size());
  for (std::uint32_t& driver : drivers_) driver = in.get<std::uint32_t>();
}

}  // namespace racesim
