#include "cli/commands/track_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/race/render/fast_lap.h"
#include "sim/race/track/tracks.h"

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

Result<std::string> tracks_report(bool as_json) {
  std::string text;
  nlohmann::ordered_json array = nlohmann::ordered_json::array();
  for (const EmbeddedFile& entry : race::embedded_tracks()) {
    const Result<race::Track> track = race::find_track(entry.name);
    if (!track) return tl::make_unexpected(track.error());
    text += fmt::format("{:<14}{:<26}{:.3f} km  {} corners  {} DRS zones\n", track->name, track->title,
                        track->length_m / 1000, track->corners.size(), track->drs_zones.size());
    array.push_back({{"name", track->name},
                     {"title", track->title},
                     {"length_m", track->length_m},
                     {"corners", track->corners.size()},
                     {"drs_zones", track->drs_zones.size()}});
  }
  return as_json ? array.dump() + "\n" : text;
}

}  // namespace racesim::cli
