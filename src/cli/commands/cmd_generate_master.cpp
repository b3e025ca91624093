// racesim generate-master
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/quantity.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/globals.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/signals.h"
#include "cli/values.h"
#include "run/master/files.h"
#include "sim/master/generator.h"

namespace racesim::cli {
namespace {

using Json = nlohmann::ordered_json;

/// "songs,users"; which names exist is checked by write_master().
Setter set_list(std::vector<std::string>& target) {
  return [&target](const std::string& text) -> Done {
    std::string_view rest = text;
    for (;;) {
      const std::size_t comma = rest.find(',');
      if (comma == 0 || rest.empty())
        return fail(ErrorKind::usage, "'" + text + "' has an empty name", "example: songs,users");
      target.emplace_back(rest.substr(0, comma));
      if (comma == std::string_view::npos) return {};
      rest.remove_prefix(comma + 1);
    }
  };
}

/// A line per file.
std::string report_text(const MasterReport& report, bool dry_run) {
  std::string text;
  for (const MasterFile& file : report.files) {
    std::string state = to_string(file.state);
    if (dry_run && file.state != MasterFileState::unchanged)
      state = file.state == MasterFileState::created ? "would create" : "would replace";
    text += fmt::format("  {:<14}{}  {} rows", state, file.path, format_count(file.rows));
    text += file.bytes > 0 ? fmt::format(", {} bytes\n", format_count(file.bytes)) : "\n";
  }
  return text;
}

std::string report_json(const MasterReport& report, const MasterOptions& options) {
  Json object;
  object["seed"] = options.seed;
  object["dry_run"] = options.dry_run;
  object["files"] = Json::array();
  for (const MasterFile& file : report.files)
    object["files"].push_back({{"entity", file.entity},
                               {"path", file.path},
                               {"rows", file.rows},
                               {"bytes", file.bytes},
                               {"state", to_string(file.state)}});
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// Writes on a thread of its own, so that this one can draw; the signals only ask to give up.
Result<MasterReport> write_watched(const Context& context, MasterOptions options, SignalWatch& signals) {
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> rows{0};
  options.stop = &stop;
  options.rows_done = &rows;
  const auto give_up = [&stop] { stop.store(true); };
  signals.attach({give_up, give_up});
  const bool draw = progress_form(context.globals->progress, context.globals->quiet, context.out, context.err,
                                  false) == ProgressForm::line;
  auto written = std::async(std::launch::async, [&options] { return write_master(options); });
  bool drawn = false;
  while (written.wait_for(std::chrono::nanoseconds(Progress::kTick_ns)) != std::future_status::ready) {
    if (draw) write_stderr("\r\x1b[K" + format_count(rows.load()) + " rows");
    drawn = draw;
  }
  if (drawn) write_stderr("\r\x1b[K");
  signals.detach();
  return written.get();
}

Result<int> generate(Context& context, MasterOptions options) {
  const Globals& globals = *context.globals;
  options.dry_run = globals.dry_run;
  // Far longer than the writer needs: it looks for the request after each batch of rows.
  constexpr std::int64_t kGiveUpTime_ns = 30'000'000'000;
  SignalWatch signals(kGiveUpTime_ns);
  if (const Done ok = signals.start(); !ok) return tl::make_unexpected(ok.error());
  const Result<MasterReport> report = write_watched(context, options, signals);
  if (!report && signals.signal() != 0) {
    show_error(context, report.error());
    return kExitSignalBase + signals.signal();
  }
  if (!report) return tl::make_unexpected(report.error());
  if (globals.json) {
    if (const Done ok = write_stdout(report_json(*report, options)); !ok)
      return tl::make_unexpected(ok.error());
  } else if (!globals.quiet) {
    write_stderr(report_text(*report, options.dry_run));
  }
  return kExitOk;
}

OptionSpec option(const char* group, const char* name, const char* metavar, const char* fallback,
                  const char* help, Setter set) {
  return option_of(group, {name, metavar, fallback, help}, std::move(set));
}

std::vector<OptionSpec> master_options(MasterOptions& o) {
  // The limits are those of the generators, which name their reason.
  const auto count = [](std::uint64_t& target) { return set_number(target, std::uint64_t{0}, UINT64_MAX); };
  OptionSpec directory = option("Output", "output-dir", "DIR", "data/master/",
                                "Folder for the files; created if missing", set_text(o.output_dir));
  directory.complete = Complete::directory;
  OptionSpec format = option("Output", "format", "FORMAT", "csv", "Format of the files", nullptr);
  for (const std::string_view name : master_formats()) format.choices.emplace_back(name);
  OptionSpec only =
      option("What", "only", "LIST", "", "Write only these entities, such as songs,users", set_list(o.only));
  std::string all;
  for (const MasterEntity& entity : master_entities())
    all += (all.empty() ? "" : ", ") + std::string(entity.name);
  only.default_note = "all: " + all;
  OptionSpec track = option("What", "track", "TRACK", "silverstone",
                            "Circuit whose checkpoints are written: a built-in track, or a .json, .csv or "
                            ".geojson file",
                            set_text(o.track));
  track.complete = Complete::file;
  return {
      option("What", "num-songs", "N", "1000", "Number of songs", count(o.num_songs)),
      option("What", "num-users", "N", "5000", "Number of users", count(o.num_users)),
      option("What", "num-locations", "N", "100", "Number of locations (real cities)",
             count(o.num_locations)),
      option("What", "num-cars", "N", "20", "Number of race cars, each with its driver; two cars per team",
             count(o.num_cars)),
      option("What", "num-vehicles", "N", "10", "Number of vehicles of the fleet", count(o.num_vehicles)),
      track,
      option("What", "seed", "N", "42", "The same seed gives the same files", count(o.seed)),
      only,
      directory,
      choice_option(format, o.format),
      option("Output", "force", "", "", "Overwrite files whose content differs", set_flag(o.force)),
  };
}

}  // namespace

CommandSpec generate_master_command() {
  const auto options = std::make_shared<MasterOptions>();
  CommandSpec command;
  command.name = "generate-master";
  command.summary =
      "Write master data that events refer to: songs, users, locations, vehicles, drivers, teams, cars, "
      "checkpoints";
  command.details =
      "The same options give the same bytes. Files that already have these bytes are left alone; other files "
      "are overwritten only with --force. Each file appears complete or not at all.";
  command.options = master_options(*options);
  command.examples = {
      {"racesim generate-master", "the default master data, in data/master/"},
      {"racesim generate-master --output-dir big/ --num-songs 10000000 --only songs --format jsonl",
       "ten million songs as JSON lines"},
  };
  command.run = [options](Context& context) { return generate(context, *options); };
  return command;
}

}  // namespace racesim::cli
