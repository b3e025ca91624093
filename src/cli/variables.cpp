#include "cli/variables.h"

#include <algorithm>

#include "base/suggest.h"
#include "cli/terminal/log.h"

namespace racesim::cli {
namespace {

/// For scripts and tests of this repository, and where its Spark is; they may be exported while racesim runs.
constexpr const char* kOfTheRepository[] = {
    "RACESIM_BENCH_QUICK",    "RACESIM_BIN",        "RACESIM_CHAOS_SEED",
    "RACESIM_FULL",           "RACESIM_KILLS",      "RACESIM_LINE_OUT",
    "RACESIM_SOURCE_DIR",     "RACESIM_SPARK_HOME", "RACESIM_SPARK_PROPERTIES",
    "RACESIM_TEST_TIMEOUT_S", "RACESIM_TIDE_BIN"};

void add_names(const CommandSpec& command, std::vector<std::string>& names) {
  for (const OptionSpec& option : command.options) {
    if (std::string name = environment_name(option); !name.empty()) names.push_back(std::move(name));
    if (!option.alias_variable.empty()) names.push_back(option.alias_variable);
  }
  for (const CommandSpec& sub : command.subcommands) add_names(sub, names);
}

std::vector<std::string> known_variables(const CommandSpec& root) {
  std::vector<std::string> names;
  add_names(root, names);
  return names;
}

}  // namespace

std::vector<std::string> unknown_variables(const CommandSpec& root, const Environment& environment) {
  const std::vector<std::string> known = known_variables(root);
  std::vector<std::string> unknown;
  for (const auto& [name, value] : environment) {
    if (name.rfind("RACESIM_", 0) != 0 || value.empty()) continue;
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (std::find(std::begin(kOfTheRepository), std::end(kOfTheRepository), name) ==
        std::end(kOfTheRepository))
      unknown.push_back(name);
  }
  return unknown;
}

void warn_of_unknown_variables(const CommandSpec& root, const Environment& environment) {
  for (const std::string& name : unknown_variables(root, environment)) {
    const std::string meant = closest(name, known_variables(root));
    log(LogLevel::warn, "the variable " + name + " belongs to no option and has no effect" +
                            (meant.empty() ? "" : " (did you mean: " + meant + ")"));
  }
}

}  // namespace racesim::cli
