#include "cli/globals.h"

#include "cli/terminal/log.h"
#include "cli/values.h"

namespace racesim::cli {
namespace {

constexpr const char* kGroup = "Global";

OptionSpec flag(std::string name, char letter, std::string help, bool& target) {
  OptionSpec option;
  option.name = std::move(name);
  option.letter = letter;
  option.group = kGroup;
  option.help = std::move(help);
  option.set = set_flag(target);
  return option;
}

/// An option that asks a question: it makes no sense in a file or in the environment.
OptionSpec asking(OptionSpec option, bool hidden = false) {
  option.configurable = false;
  option.hidden = hidden;
  return option;
}

/// An option with a list of choices; the caller gives it a setter.
OptionSpec chosen(std::string name, std::string fallback, std::vector<std::string> choices,
                  std::string help) {
  OptionSpec option;
  option.name = std::move(name);
  option.metavar = "WHEN";
  option.group = kGroup;
  option.help = std::move(help);
  option.default_value = std::move(fallback);
  option.choices = std::move(choices);
  return option;
}

}  // namespace

// The setters write into `globals`, which the caller keeps as long as the options.
std::vector<OptionSpec> global_options(const std::shared_ptr<Globals>& globals) {
  Globals& g = *globals;
  const std::vector<std::string> when{"auto", "always", "never"};
  OptionSpec verbose;
  verbose.name = "verbose";
  verbose.letter = 'v';
  verbose.group = kGroup;
  verbose.help = "Print more messages on stderr; -vv prints still more";
  verbose.repeatable = true;
  verbose.set = set_count(g.verbose);
  OptionSpec level = chosen("log-level", "info", {"trace", "debug", "info", "warn", "error", "off"},
                            "Lowest level of messages to print on stderr");
  level.metavar = "LEVEL";
  OptionSpec format = chosen("log-format", "text", {"text", "json"}, "Format of messages on stderr");
  format.metavar = "FORM";
  OptionSpec color = chosen("color", "auto", when,
                            "Colour the output; auto: on a terminal, unless NO_COLOR is set or TERM=dumb");
  color.set = set_when(g.color);
  OptionSpec progress =
      chosen("progress", "auto", when,
             "Show a progress line; auto: if stderr is a terminal and events do not go to a terminal");
  progress.set = set_when(g.progress);
  OptionSpec config;
  config.name = "config";
  config.metavar = "FILE";
  config.group = kGroup;
  config.help = "Read options from this TOML file";
  config.default_note = "./racesim.toml if there is one";
  config.complete = Complete::file;
  config.set = set_text(g.config);
  return {
      asking(flag("help", 'h', "Show help and exit", g.help)),
      asking(flag("help-all", 0, "Show the help of every command and exit", g.help_all)),
      asking(flag("help-json", 0, "Write every command and option as JSON and exit", g.help_json), true),
      asking(flag("help-markdown", 0, "Write the reference as Markdown and exit", g.help_markdown), true),
      asking(flag("version", 'V', "Show the version and exit; --json adds commit, compiler and libraries",
                  g.version)),
      flag("quiet", 'q', "Print only errors: no progress, no summary", g.quiet),
      verbose,
      choice_option(level, g.log_level),
      choice_option(format, g.log_format),
      color,
      progress,
      config,
      flag("no-config", 0, "Do not read any config file", g.no_config),
      flag("json", 0,
           "Write the final result as one JSON object to stdout, or to stderr if events go to stdout",
           g.json),
      flag("dry-run", 0, "Show what would be done, but do nothing", g.dry_run),
  };
}

bool Context::on_line(const std::string& name) const {
  const auto found = settings.find(name);
  return found != settings.end() && found->second.source == Source::flag;
}

bool Context::is_set(const std::string& name) const {
  const auto found = settings.find(name);
  return found != settings.end() && found->second.source != Source::builtin;
}

void show_error(const Context& context, const Error& error) {
  if (context.globals->log_format != "json") return write_stderr(error_text(error, context.err));
  std::vector<LogField> fields;
  if (!error.hint.empty()) fields.push_back({"hint", error.hint});
  // A mistake on the command line is told before the log was opened.
  if (!log_is_open()) open_log(LogLevel::error, true);
  log(LogLevel::error, error.what, fields);
}

}  // namespace racesim::cli
