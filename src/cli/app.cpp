#include "cli/app.h"

#include <unistd.h>

#include <exception>

#include "cli/commands/run/scenario_options.h"
#include "cli/docs/docs.h"
#include "cli/docs/help.h"
#include "cli/exit_codes.h"
#include "cli/parse.h"
#include "cli/resolve.h"
#include "cli/terminal/log.h"
#include "cli/values.h"
#include "cli/version.h"

namespace racesim::cli {
namespace {

/// The error of a step without a value, as the result of one with a value.
tl::unexpected<Error> pass_on(const Done& done) {
  return tl::make_unexpected(done.error());
}

/// What a command that only writes ends with.
Result<int> wrote(const Done& done) {
  if (!done) return tl::make_unexpected(done.error());
  return kExitOk;
}

/// Screens as the flags and the environment want them. The config files may change them later; a mistake
/// there must be told in colour or not, too.
void inspect_screens(Context& context, const Settings& line) {
  When when = When::automatic;
  const auto given = line.find("color");
  if (given != line.end()) (void)set_when(when)(given->second.values.back());
  context.out = inspect_screen(STDOUT_FILENO, when, context.environment);
  context.err = inspect_screen(STDERR_FILENO, when, context.environment);
}

/// Which files to read is itself an option, of flag or environment; a file cannot name another.
Done read_files(Context& context, const Settings& line) {
  const Settings early = resolve(*context.root, "", line, context.environment, {});
  const auto text = [&](const char* name) {
    const auto found = early.find(name);
    return found == early.end() ? std::string() : found->second.values.back();
  };
  bool none = false;
  if (!text("no-config").empty()) {
    if (const Done ok = set_flag(none)(text("no-config")); !ok)
      return tl::make_unexpected(Error{ok.error().kind, "--no-config: " + ok.error().what, ok.error().hint});
  }
  if (none && line.count("config") != 0)
    return fail(ErrorKind::usage, "--config and --no-config exclude each other");
  if (none) return {};
  Result<std::vector<ConfigFile>> files = load_configs(text("config"), context.environment, *context.root);
  if (!files) return tl::make_unexpected(files.error());
  context.config_files = std::move(*files);
  return {};
}

/// -q and -v move the level that --log-level sets, in the direction that they stand for.
void start_log(const Globals& globals) {
  LogLevel level = log_level_of(globals.log_level);
  if (globals.verbose == 1) level = std::min(level, LogLevel::debug);
  if (globals.verbose > 1) level = LogLevel::trace;
  if (globals.quiet) level = std::max(level, LogLevel::error);
  open_log(level, globals.log_format == "json");
}

/// --help and its relatives, --version: answered before any file is read.
bool asks_for_information(const Settings& line) {
  for (const char* name : {"help", "help-all", "help-json", "help-markdown", "version"})
    if (line.count(name) != 0) return true;
  return false;
}

/// The first of the questions that was asked; --help beats --version.
Result<int> inform(const Context& context) {
  const Globals& globals = *context.globals;
  if (globals.help || globals.help_all)
    return wrote(write_stdout(help_text(context.path, context.out, globals.help_all)));
  if (globals.help_json) return wrote(write_stdout(json_reference(*context.root)));
  if (globals.help_markdown) return wrote(write_stdout(markdown_reference(*context.root)));
  return wrote(write_stdout(version_text(globals.json)));
}

/// Options first, so that a command sees only values that were checked.
Result<int> run_command_of(Context& context, const Settings& line) {
  const CommandSpec& command = *context.path.back();
  context.settings = resolve(command, command.name, line, context.environment, context.config_files);
  if (const Done ok = apply_settings(command, context.settings); !ok) return pass_on(ok);
  for (const OptionSpec& option : command.options) {
    if (!option.positional || !option.default_note.empty() || context.settings.count(option.name) != 0)
      continue;
    return fail(ErrorKind::usage, option.metavar + " is missing",
                "form: " + full_name(context.path) + " " + usage_tail(context.path));
  }
  return command.run(context);
}

/// The order matters: a mistyped command is told before a broken config file, help is shown in spite of one,
/// and a config file may still change colour and log of what follows.
Result<int> dispatch(Context& context, const std::vector<std::string>& args) {
  Result<ParsedLine> line = parse_line(*context.root, args);
  if (!line) return tl::make_unexpected(line.error());
  context.path = line->path;
  inspect_screens(context, line->settings);
  const bool informing = asks_for_information(line->settings);
  if (!informing && context.path.back()->reads_config) {
    if (const Done ok = read_files(context, line->settings); !ok) return pass_on(ok);
  }
  context.global_settings =
      resolve(*context.root, "", line->settings, context.environment, context.config_files);
  if (const Done ok = apply_settings(*context.root, context.global_settings); !ok) return pass_on(ok);
  context.out = inspect_screen(STDOUT_FILENO, context.globals->color, context.environment);
  context.err = inspect_screen(STDERR_FILENO, context.globals->color, context.environment);
  if (informing) return inform(context);
  if (context.path.size() == 1) return wrote(write_stdout(help_text(context.path, context.out, false)));
  if (!context.path.back()->run)
    return fail(ErrorKind::usage, full_name(context.path) + ": no command given",
                "see: " + full_name(context.path) + " --help");
  start_log(*context.globals);
  for (const ConfigFile& file : context.config_files) log(LogLevel::debug, "read " + file.path);
  return run_command_of(context, line->settings);
}

}  // namespace

// The root has no function: racesim alone shows its help.
CommandSpec root_command(const std::shared_ptr<Globals>& globals, std::vector<CommandSpec> commands) {
  CommandSpec root;
  root.name = "racesim";
  root.summary =
      "Make realistic event streams, send them to files, pipes, HTTP servers and Kafka at an exact rate, and "
      "check what arrived";
  root.details =
      "Every option can also be set in the environment (RACESIM_ and its name in capitals) or in a config "
      "file. Precedence: flag, environment, --config FILE or ./racesim.toml, "
      "$XDG_CONFIG_HOME/racesim/config.toml, default.";
  root.options = global_options(globals);
  root.subcommands = std::move(commands);
  root.examples = scenario_examples(true);
  root.examples.push_back({"racesim verify --manifest run.json --against file:events.ndjson",
                           "check that every event of the run arrived, once, unchanged and in order"});
  return root;
}

int run_app(const CommandSpec& root, const std::shared_ptr<Globals>& globals,
            const std::vector<std::string>& args, const Environment& environment) {
  Context context;
  context.root = &root;
  context.globals = globals;
  context.environment = environment;
  inspect_screens(context, {});
  Result<int> code = kExitRuntime;
  try {
    code = dispatch(context, args);
  } catch (const std::exception& e) {
    code = fail(
        ErrorKind::runtime, std::string("out of threads or memory: ") + e.what(),
        "raise the limits of memory and processes (ulimit -v, ulimit -u), or use fewer threads or events");
  }
  if (code) return *code;
  show_error(context, code.error());
  return exit_code(code.error().kind);
}

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) environment[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return environment;
}

}  // namespace racesim::cli
