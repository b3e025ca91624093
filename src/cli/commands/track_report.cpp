#include "cli/commands/track_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/race/render/fast_lap.h"

namespace racesim::cli {

std::string import_report(const race::Track& track, const std::vector<std::string>& notices,
                          const std::string& output, bool as_json) {
  const double lap_s = race::drive_fast_lap(track).drive.duration_s;
  if (as_json) {
    nlohmann::ordered_json object;
    object["name"] = track.name;
    object["length_m"] = track.length_m;
    object["corners"] = track.corners.size();
    object["drs_zones"] = track.drs_zones.size();
    object["lap_s"] = lap_s;
    if (!notices.empty()) object["notices"] = notices;
    if (!output.empty()) object["path"] = output;
    return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  }
  const int minutes = static_cast<int>(lap_s / 60);
  std::string text = fmt::format("{}: {:.3f} km, {} corners, {} DRS zones, fastest lap {}:{:06.3f}\n",
                                 track.name, track.length_m / 1000, track.corners.size(),
                                 track.drs_zones.size(), minutes, lap_s - 60 * minutes);
  for (const std::string& notice : notices) text += fmt::format("{}: {}\n", track.name, notice);
  return text;
}

}  // namespace racesim::cli
