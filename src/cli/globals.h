// The options that every command takes, and what a command is given when it runs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/config_file.h"
#include "cli/terminal/terminal.h"

namespace racesim::cli {

struct Globals {
  bool help = false, help_all = false, help_json = false, help_markdown = false, version = false;
  bool quiet = false;
  int verbose = 0;  ///< number of -v
  std::string log_level = "info";
  std::string log_format = "text";
  When color = When::automatic;
  When progress = When::automatic;
  std::string config;  ///< --config FILE; empty: ./racesim.toml
  bool no_config = false;
  bool json = false;
  bool dry_run = false;
};

/// The options that fill `globals`.
std::vector<OptionSpec> global_options(const std::shared_ptr<Globals>& globals);

struct Context {
  const CommandSpec* root = nullptr;
  CommandPath path;  ///< of the command that runs
  std::shared_ptr<Globals> globals;
  Settings settings;  ///< of the command
  Settings global_settings;
  Environment environment;
  std::vector<ConfigFile> config_files;  ///< strongest first
  Screen out, err;
  bool json_errors = false;  ///< --json, also where the command line could not be read

  /// True if the command line itself gives the option.
  bool on_line(const std::string& name) const;
  /// True if anything but the default gives it.
  bool is_set(const std::string& name) const;
};

/// Writes the error to stderr: as text, as one JSON object under --json (docs/formats/error.md), or as a line
/// of the log under --log-format json. `code` is what the program will end with, if not what the error's kind
/// says.
void show_error(const Context& context, const Error& error, std::optional<int> code = std::nullopt);

}  // namespace racesim::cli
