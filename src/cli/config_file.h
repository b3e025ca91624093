// racesim.toml: globals at the top, one table per command.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/command.h"

namespace racesim::cli {

/// The environment of the process, or a pretend one in tests.
using Environment = std::map<std::string, std::string>;

struct ConfigEntry {
  std::string table;  ///< name of the command; empty for the globals
  std::string key;
  std::vector<std::string> values;  ///< several only for an array
  int line = 0;                     ///< 1-based
};

struct ConfigFile {
  std::string path;
  Source source = Source::config;
  std::vector<ConfigEntry> entries;
};

/// Reads and parses; the error names file and line. A file that cannot be opened is a usage error.
Result<ConfigFile> read_config(const std::string& path, Source source);

/// Refuses tables and keys that no option of `root` has, naming file and line and the closest known one.
Done check_keys(const ConfigFile& file, const CommandSpec& root);

/// "$XDG_CONFIG_HOME/racesim/config.toml" (XDG_CONFIG_HOME: ~/.config); empty without a home.
std::string user_config_path(const Environment& environment);
inline constexpr const char* kLocalConfig = "./racesim.toml";

/// The files that hold values, strongest first: --config FILE or ./racesim.toml, then the user's. Files that
/// do not exist are left out, except for `named`, which then is an error. Keys are checked.
Result<std::vector<ConfigFile>> load_configs(const std::string& named, const Environment& environment,
                                             const CommandSpec& root);

}  // namespace racesim::cli
