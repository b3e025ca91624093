#include "sim/race/track/tracks.h"

#include <string>

#include "sim/race/track/track_file.h"

namespace racesim::race {

Result<Track> find_track(std::string_view name) {
  std::string names;
  for (const EmbeddedTrack& track : embedded_tracks()) {
    if (track.name == name) return parse_track(track.json, "track " + std::string(name));
    names += (names.empty() ? "" : ", ") + std::string(track.name);
  }
  return fail(ErrorKind::usage, "track '" + std::string(name) + "': no such track",
              "known: " + names + "; or give a CSV file with x_m,y_m,w_tr_right_m,w_tr_left_m");
}

}  // namespace racesim::race
