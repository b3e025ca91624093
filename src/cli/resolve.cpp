#include "cli/resolve.h"

#include <fmt/format.h>

namespace racesim::cli {
namespace {

/// A key that stands twice is an error of the TOML parser.
const ConfigEntry* find_entry(const ConfigFile& file, const std::string& table, const std::string& key) {
  for (const ConfigEntry& entry : file.entries)
    if (entry.table == table && entry.key == key) return &entry;
  return nullptr;
}

/// The strongest source that has a value for the option; without one no values.
Setting winner(const CommandSpec& command, const OptionSpec& option, const std::string& table,
               const Settings& from_line, const Environment& environment,
               const std::vector<ConfigFile>& files) {
  if (const auto given = from_line.find(option.name); given != from_line.end()) return given->second;
  if (const auto implied = command.implied.find(option.name); implied != command.implied.end())
    return {Source::alias, "--" + option.name, {implied->second}};
  const std::string variable = environment_name(option);
  if (!variable.empty()) {
    // An empty variable counts as not set, as in NO_COLOR.
    const auto found = environment.find(variable);
    if (found != environment.end() && !found->second.empty())
      return {Source::environment, variable, {found->second}};
    if (const auto other = environment.find(option.alias_variable);
        other != environment.end() && !other->second.empty())
      return {Source::environment, option.alias_variable, {other->second}};
    for (const ConfigFile& file : files)
      if (const ConfigEntry* entry = find_entry(file, table, option.name))
        return {
            file.source,
            fmt::format("{}:{}: {}{}", file.path, entry->line, table.empty() ? "" : table + ".", option.name),
            entry->values};
  }
  if (!option.default_value.empty()) return {Source::builtin, display_name(option), {option.default_value}};
  return {};
}

}  // namespace

Settings resolve(const CommandSpec& command, const std::string& table, const Settings& from_line,
                 const Environment& environment, const std::vector<ConfigFile>& files) {
  Settings settings;
  for (const OptionSpec& option : command.options) {
    Setting setting = winner(command, option, table, from_line, environment, files);
    if (!setting.values.empty()) settings[option.name] = std::move(setting);
  }
  return settings;
}

Done apply_settings(const CommandSpec& command, const Settings& settings) {
  for (const OptionSpec& option : command.options) {
    const auto found = settings.find(option.name);
    if (found == settings.end() || !option.set) continue;
    for (const std::string& value : found->second.values) {
      const Done ok = option.set(value);
      if (ok) continue;
      Error error = ok.error();
      // A setter does not know where its text came from.
      error.what = found->second.place + ": " + error.what;
      const std::vector<std::string> missing =
          command.missing ? command.missing(settings) : std::vector<std::string>();
      if (!missing.empty())
        error.hint +=
            (error.hint.empty() ? "" : "   ") + fmt::format("also missing: {}", fmt::join(missing, ", "));
      return tl::make_unexpected(std::move(error));
    }
  }
  return {};
}

}  // namespace racesim::cli
