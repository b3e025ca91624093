// racesim track show|import|list
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "cli/commands/commands.h"
#include "cli/commands/track_report.h"
#include "cli/exit_codes.h"
#include "cli/globals.h"
#include "cli/values.h"
#include "io/files/atomic_file.h"
#include "run/master/track_input.h"
#include "sim/race/render/fast_lap.h"
#include "sim/race/track/heights.h"
#include "sim/race/track/svg.h"
#include "sim/race/track/track_file.h"
#include "sim/race/track/tracks.h"

namespace racesim::cli {
namespace {

using race::Track;

struct TrackOptions {
  std::string track;
  std::string output;
  std::string name;
  double width_m = 0;  ///< 0: not given
  std::optional<double> altitude_m;
};

/// To the file, or to stdout where none is named.
Done write_text(const std::string& path, const std::string& text) {
  if (path.empty()) return write_stdout(text);
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return tl::make_unexpected(file.error());
  if (const Done ok = file->write(text); !ok) return ok;
  return file->commit();
}

Result<int> show(Context& context, const TrackOptions& options) {
  const Result<Track> track = load_track(options.track);
  if (!track) return tl::make_unexpected(track.error());
  const race::FastLap lap = race::drive_fast_lap(*track);
  std::vector<double> speeds_mps;
  for (std::size_t i = 0; i < lap.line.s_m.size(); ++i)
    speeds_mps.push_back(lap.drive.speed_at(lap.line.step_m * static_cast<double>(i)));
  if (context.globals->dry_run) return kExitOk;
  if (const Done ok = write_text(options.output, race::draw_track(*track, lap.line, speeds_mps)); !ok)
    return tl::make_unexpected(ok.error());
  if (!options.output.empty() && !context.globals->quiet) write_stderr("wrote " + options.output + "\n");
  return kExitOk;
}

Result<int> import(Context& context, const TrackOptions& options) {
  std::error_code not_there;
  if (options.output == options.track ||
      std::filesystem::equivalent(options.output, options.track, not_there))
    return fail(ErrorKind::usage, "--output: " + options.output + " is the file to import",
                "choose another --output; example: --output my-track.json");
  if (!race::is_track_path(options.track))
    return fail(ErrorKind::usage, "'" + options.track + "' is not a .csv, .geojson or .json file",
                "the built-in tracks need no import: racesim track list");
  std::vector<std::string> notices;
  race::ImportOptions how;
  how.notices = &notices;
  if (options.width_m > 0) how.width_m = options.width_m;
  how.altitude_m = options.altitude_m;
  Result<Track> track = load_track(options.track, how);
  if (!track) return tl::make_unexpected(track.error());
  if (!options.name.empty()) track->name = track->title = options.name;
  const Globals& globals = *context.globals;
  if (!globals.dry_run)
    if (const Done ok = write_text(options.output, race::write_track(*track)); !ok)
      return tl::make_unexpected(ok.error());
  const bool stdout_is_free = globals.dry_run || !options.output.empty();
  const std::string report =
      globals.json || !globals.quiet ? import_report(*track, notices, options.output, globals.json) : "";
  if (globals.json && stdout_is_free) {
    if (const Done ok = write_stdout(report); !ok) return tl::make_unexpected(ok.error());
  } else if (!report.empty()) {
    write_stderr(report);
  }
  return kExitOk;
}

Result<int> list(Context& context) {
  const Result<std::string> text = tracks_report(context.globals->json);
  if (!text) return tl::make_unexpected(text.error());
  if (const Done ok = write_stdout(*text); !ok) return tl::make_unexpected(ok.error());
  return kExitOk;
}

OptionSpec option_of(const char* name, const char* metavar, const char* help, std::string& target) {
  OptionSpec option;
  option.name = name;
  option.metavar = metavar;
  option.group = "Output";
  option.help = help;
  option.configurable = false;
  option.complete = Complete::file;
  option.set = set_text(target);
  return option;
}

OptionSpec positional(OptionSpec option) {
  option.positional = true;
  option.group = "Arguments";
  return option;
}

CommandSpec show_track_command() {
  const auto options = std::make_shared<TrackOptions>();
  OptionSpec track = positional(option_of(
      "track", "TRACK", "Name of a built-in track, or a .json, .csv or .geojson file", options->track));
  track.default_value = "silverstone";
  track.suggestions = race::track_names();
  CommandSpec command;
  command.name = "show";
  command.summary = "Draw a track's map and the speed over its fastest lap, as SVG";
  command.options = {track,
                     option_of("output", "FILE", "Write to this file instead of stdout", options->output)};
  command.examples = {
      {"racesim track show > silverstone.svg", "draw the default track; open it in a browser"},
      {"racesim track show my-track.csv --output my-track.svg", "draw what an import makes of a file"}};
  command.run = [options](Context& context) { return show(context, *options); };
  return command;
}

CommandSpec import_command() {
  const auto options = std::make_shared<TrackOptions>();
  OptionSpec name = option_of("name", "NAME", "Name of the track", options->name);
  name.default_note = "the file's name";
  name.complete = Complete::nothing;
  OptionSpec width =
      option_of("width", "METRES", "How wide the road of a GeoJSON file is, which tells none", options->name);
  width.default_note = fmt::format("{}; CSV has widths of its own", race::kRoadWidth_m);
  width.complete = Complete::nothing;
  width.set = set_positive(options->width_m, 200);
  OptionSpec altitude =
      option_of("altitude", "METRES", "Height of the circuit above the sea, which makes the air thinner",
                options->name);
  altitude.default_note = "the air at 150 m";
  altitude.complete = Complete::nothing;
  altitude.set = [options](const std::string& text) -> Done {
    return race::parse_altitude(text).map([&](double metres) { options->altitude_m = metres; });
  };
  CommandSpec command;
  command.name = "import";
  command.summary = "Make a track from a circuit's centreline and widths";
  command.details =
      "A CSV file has one line x_m,y_m,w_tr_right_m,w_tr_left_m per point of the centreline, in metres, in "
      "driving direction, starting at the timing line. A first line of names tells another order; commas, "
      "semicolons and tabs separate, and numbers may have a decimal comma. A GeoJSON file has one LineString "
      "of [longitude, latitude]. Heights are taken where a file has them: a column z_m, or the third number "
      "of a position. The import smooths it, searches the fastest line, and places corners, checkpoints, DRS "
      "zones and a pit lane. It refuses a circuit that is open, too short, or runs back over itself; a "
      "crossing at an angle is a bridge.";
  command.options = {
      positional(option_of("file", "FILE", "The CSV or GeoJSON file", options->track)),
      option_of("output", "FILE", "Write the track's JSON to this file instead of stdout", options->output),
      name, width, altitude};
  command.examples = {
      {"racesim track import spa.csv --output spa.json", "import once; it takes a second or two"},
      {"racesim track import spa.geojson --width 14 --output spa.json", "the line of a map"},
      {"racesim run --track spa.json --laps 5", "then race on it"}};
  command.run = [options](Context& context) { return import(context, *options); };
  return command;
}

}  // namespace

CommandSpec track_command() {
  CommandSpec list_them;
  list_them.name = "list";
  list_them.summary = "List the built-in tracks";
  list_them.run = list;
  CommandSpec command;
  command.name = "track";
  command.summary = "Draw, import and list tracks";
  command.subcommands = {show_track_command(), import_command(), list_them};
  command.examples = {{"racesim track show > silverstone.svg", "map and speed profile"},
                      {"racesim track import spa.csv --output spa.json", "import your own track"}};
  return command;
}

}  // namespace racesim::cli
