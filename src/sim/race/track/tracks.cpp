#include "sim/race/track/tracks.h"

#include <map>
#include <mutex>
#include <string>

#include "base/suggest.h"
#include "sim/race/track/import/import.h"
#include "sim/race/track/import/track_geojson.h"
#include "sim/race/track/track_file.h"

namespace racesim::race {
namespace {

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// The file's name without folders and extension.
std::string stem(std::string_view path) {
  path = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  const std::size_t dot = path.rfind('.');
  return std::string(dot == 0 ? path : path.substr(0, dot));
}

Result<Track> read_any(std::string_view text, const std::string& path, const ImportOptions& options) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  const bool json = begin != std::string_view::npos && text[begin] == '{';
  if (json && !is_geojson(text) && !options.width_m) return parse_track(text, path);
  Result<Track> track = import_track(text, path, options);
  if (track) track->name = track->title = stem(path);
  return track;
}

/// A built-in track, read when first asked for: a run asks several times.
Result<Track> built_in(const EmbeddedFile& file) {
  static std::mutex mutex;
  static std::map<std::string_view, Track> known;
  const std::lock_guard lock(mutex);
  if (const auto track = known.find(file.name); track != known.end()) return track->second;
  Result<Track> track = parse_track(file.text, "track " + std::string(file.name));
  if (track) known.emplace(file.name, *track);
  return track;
}

}  // namespace

std::vector<std::string> track_names() {
  std::vector<std::string> names;
  for (const EmbeddedFile& track : embedded_tracks()) names.emplace_back(track.name);
  return names;
}

Result<Track> find_track(std::string_view name) {
  for (const EmbeddedFile& track : embedded_tracks())
    if (track.name == name) return built_in(track);
  Error error = unknown_choice(name, track_names());
  error.what = "track '" + std::string(name) + "': no such track";
  error.hint += "   or give a CSV file with x_m,y_m,w_tr_right_m,w_tr_left_m, or GeoJSON";
  return tl::make_unexpected(std::move(error));
}

bool is_track_path(std::string_view text) {
  return text.find('/') != std::string_view::npos || ends_with(text, ".csv") || ends_with(text, ".json") ||
         ends_with(text, ".geojson");
}

Result<Track> read_track(std::string_view text, const std::string& path, const ImportOptions& options) {
  Result<Track> track = read_any(text, path, options);
  if (!track) track.error().kind = ErrorKind::usage;
  return track;
}

}  // namespace racesim::race
