// What a command is: its options, its texts and the function behind it. This one description feeds the
// parser, the precedence of flag, environment and files, the help, the man pages, the completions and the
// reference.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace racesim::cli {

/// Where a value came from; a later one beats an earlier one.
enum class Source : std::uint8_t { builtin, user_config, config, environment, alias, flag };

/// The values of one option as texts, and their origin.
struct Setting {
  Source source = Source::builtin;
  std::string place;  ///< as messages name it: "--seed", "RACESIM_SEED", "racesim.toml:3: run.seed"
  std::vector<std::string> values;
  std::vector<Setting> weaker{};  ///< of a merged option: what the other sources give, the weakest first
};
using Settings = std::map<std::string, Setting>;  // by option name

/// What the shell's completion offers for a value.
enum class Complete : std::uint8_t {
  nothing,
  file,
  directory,
  command,  ///< the name of a command, word by word
  target,   ///< a suggestion, or file: and a path
};

using Setter = std::function<Done(const std::string&)>;

struct OptionSpec {
  std::string name;           ///< "posting-rate"; a positional's name is its metavar too
  char letter = 0;            ///< 'q' of -q
  std::string metavar;        ///< "RATE"; empty: a flag that takes no value
  std::string group;          ///< heading in the help
  std::string help;           ///< one or two sentences
  std::string default_value;  ///< parsed when nothing else gives a value, and shown
  std::string default_note;   ///< shown instead, where the default depends on other options
  std::vector<std::string> choices;
  std::vector<std::string> suggestions;  ///< the shell offers them, and others are good too
  Complete complete = Complete::nothing;
  bool positional = false;
  bool repeatable = false;
  bool merged = false;         ///< repeatable, and the values of all sources count, the strongest last
  bool list = false;           ///< suggestions, separated by commas
  bool hidden = false;         ///< only --help-all shows it
  bool common = false;         ///< -h shows it; of a command without such options -h shows all
  std::string alias_variable;  ///< a second environment variable, read if the first is not set
  bool secret = false;         ///< values are KEY=VALUE, and only the key may be shown
  bool configurable = true;    ///< also from the environment and from files
  Setter set;                  ///< parses and stores one value; called again for each further one
};

struct Example {
  std::string command;
  std::string text;  ///< what it does
};

struct Context;

struct CommandSpec {
  std::string name;
  std::string summary;  ///< one line, no full stop
  std::string details;  ///< paragraphs, separated by empty lines
  std::vector<Example> examples;
  /// A name may stand there several times, each in a group of its own, where it means something else in
  /// another context; all of them take a value, and all setters are called.
  std::vector<OptionSpec> options;
  std::vector<CommandSpec> subcommands;
  bool hidden = false;
  bool reads_config = true;                    ///< false: a broken config file does not keep it from running
  std::map<std::string, std::string> implied;  ///< values that the command's own name stands for
  /// Names of options that are required with these settings but not given.
  std::function<std::vector<std::string>(const Settings&)> missing;
  /// Called once its options hold their values; returns the exit code. Empty for a mere group.
  std::function<Result<int>(Context&)> run;
};

/// "racesim", "run" → "racesim run".
using CommandPath = std::vector<const CommandSpec*>;
std::string full_name(const CommandPath& path);

/// The options by name, each once: of those that share a name the values that any of them offers.
std::vector<OptionSpec> distinct_options(const CommandSpec& command);
/// The (first) option called `name` of `command`, or null.
const OptionSpec* find_option(const CommandSpec& command, const std::string& name);
const CommandSpec* find_subcommand(const CommandSpec& command, const std::string& name);
/// Marks the options that people use; each name is one of `options`, and may stand there several times.
void mark_common(std::vector<OptionSpec>& options, std::initializer_list<std::string_view> names);
/// "--seed", or "SHELL" for a positional.
std::string display_name(const OptionSpec& option);
/// "RACESIM_POSTING_RATE"; empty where the environment is not read.
std::string environment_name(const OptionSpec& option);
/// In the order in which they count: the strongest last.
std::vector<std::string> all_values(const Setting& setting);
/// Hides the values of a secret option.
void mask(const OptionSpec& option, Setting& setting);

}  // namespace racesim::cli
