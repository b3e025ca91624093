#include "sim/race/track/import/drs.h"

#include "sim/race/track/curve.h"

namespace racesim::race {

std::vector<Stretch> drs_stretches(const Track& track, const Path& line) {
  std::vector<Stretch> stretches;
  for (const DrsZone& zone : track.drs_zones) {
    const double begin_m = path_at(line, zone.begin_m), end_m = path_at(line, zone.end_m);
    if (zone.end_m >= zone.begin_m) {
      stretches.push_back({begin_m, end_m});
      continue;
    }
    stretches.push_back({begin_m, line.length_m()});
    stretches.push_back({0, end_m});
  }
  return stretches;
}

}  // namespace racesim::race
