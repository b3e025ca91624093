#include "sim/race/simple/circuit.h"

#include <algorithm>
#include <cmath>

#include "sim/race/track/curve.h"
#include "sim/race/track/ways.h"

namespace racesim::race::simple {

Circuit::Circuit(const Track& track) : line_(racing_line(track)), globe_(track.anchor) {
  std::uint32_t id = 0;
  for (const race::Checkpoint& point : track.checkpoints) {
    const double lap_m = path_at(line_, point.s_m);
    checkpoints_.push_back({id++, point.name, lap_m, at(lap_m)});
  }
}

double Circuit::on_lap_m(double driven_m) const {
  const double rest_m = driven_m - std::floor(driven_m / lap_m()) * lap_m();
  return rest_m < lap_m() ? rest_m : 0;
}

Location Circuit::at(double lap_m) const {
  const double cells = lap_m / line_.step_m;
  const std::size_t cell = std::min(static_cast<std::size_t>(cells), line_.cells() - 1);
  const double share = cells - static_cast<double>(cell);
  const double x_m = line_.x_m[cell] + share * (line_.x_m[cell + 1] - line_.x_m[cell]);
  const double y_m = line_.y_m[cell] + share * (line_.y_m[cell + 1] - line_.y_m[cell]);
  return {x_m, y_m, globe_.latitude_udeg(y_m), globe_.longitude_udeg(x_m)};
}

const Checkpoint& Circuit::passed(double lap_m) const {
  const auto next = std::upper_bound(checkpoints_.begin(), checkpoints_.end(), lap_m,
                                     [](double m, const Checkpoint& point) { return m < point.lap_m; });
  return next == checkpoints_.begin() ? checkpoints_.back() : *(next - 1);
}

}  // namespace racesim::race::simple
