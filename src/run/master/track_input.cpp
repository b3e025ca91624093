#include "run/master/track_input.h"

#include "io/files/read_file.h"
#include "sim/race/track/track_file.h"
#include "sim/race/track/tracks.h"

namespace racesim {

Result<race::Track> load_track(const std::string& name, const race::ImportOptions& options) {
  if (!race::is_track_path(name)) return race::find_track(name);
  const Result<std::string> text = read_text_file(name, race::kTrackFileMost_bytes);
  if (!text) return tl::make_unexpected(text.error());
  return race::read_track(*text, name, options);
}

}  // namespace racesim
