#include "cli/resolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace racesim::cli {
namespace {

/// A key that stands twice is an error of the TOML parser.
const ConfigEntry* find_entry(const ConfigFile& file, const std::string& table, const std::string& key) {
  for (const ConfigEntry& entry : file.entries)
    if (entry.table == table && entry.key == key) return &entry;
  return nullptr;
}

/// A merged option's variable holds a value per line: a shell has no other lists.
std::vector<std::string> variable_values(const OptionSpec& option, const std::string& text) {
  if (!option.merged) return {text};
  std::vector<std::string> values;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (!line.empty()) values.emplace_back(line);
  }
  return values;
}

/// Every source that has a value for the option, the strongest first.
std::vector<Setting> sources_of(const CommandSpec& command, const OptionSpec& option,
                                const std::string& table, const Settings& from_line,
                                const Environment& environment, const std::vector<ConfigFile>& files) {
  std::vector<Setting> found;
  if (const auto given = from_line.find(option.name); given != from_line.end())
    found.push_back(given->second);
  if (const auto implied = command.implied.find(option.name); implied != command.implied.end())
    found.push_back({Source::alias, "--" + option.name, {implied->second}});
  const std::string variable = environment_name(option);
  if (!variable.empty()) {
    // An empty variable counts as not set, as in NO_COLOR.
    for (const std::string& name : {variable, option.alias_variable})
      if (const auto set = environment.find(name); set != environment.end() && !set->second.empty())
        found.push_back({Source::environment, name, variable_values(option, set->second)});
    for (const ConfigFile& file : files)
      if (const ConfigEntry* entry = find_entry(file, table, option.name))
        found.push_back({file.source,
                         fmt::format("{}:{}: {}{}", file.path, entry->line, table.empty() ? "" : table + ".",
                                     option.name),
                         entry->values});
  }
  if (!option.default_value.empty())
    found.push_back({Source::builtin, display_name(option), {option.default_value}});
  return found;
}

/// The strongest source, of a merged option with the others; without any no values.
Setting winner(const OptionSpec& option, std::vector<Setting> sources) {
  if (sources.empty()) return {};
  Setting setting = std::move(sources.front());
  if (option.merged)
    for (std::size_t i = sources.size(); i-- > 1;) setting.weaker.push_back(std::move(sources[i]));
  return setting;
}

/// No option means a value that ends so, and most would take it: a file of a strange name would be made.
Done refuse_carriage_return(const std::string& value) {
  if (value.empty() || value.back() != '\r') return {};
  return fail(
      ErrorKind::usage, "'" + value + "' ends in a carriage return",
      "the file that set it has Windows line ends: convert it with dos2unix, or sed -i 's/\\r$//' FILE");
}

Done apply(const CommandSpec& command, const OptionSpec& option, const Setting& setting,
           const Settings& settings) {
  for (const Setting& weaker : setting.weaker)
    if (Done ok = apply(command, option, weaker, settings); !ok) return ok;
  for (const std::string& value : setting.values) {
    const Done ok = refuse_carriage_return(value).and_then([&] { return option.set(value); });
    if (ok) continue;
    Error error = ok.error();
    // A setter does not know where its text came from.
    error.what = setting.place + ": " + error.what;
    const std::vector<std::string> missing =
        command.missing ? command.missing(settings) : std::vector<std::string>();
    if (!missing.empty())
      error.hint +=
          (error.hint.empty() ? "" : "   ") + fmt::format("also missing: {}", fmt::join(missing, ", "));
    return tl::make_unexpected(std::move(error));
  }
  return {};
}

}  // namespace

Settings resolve(const CommandSpec& command, const std::string& table, const Settings& from_line,
                 const Environment& environment, const std::vector<ConfigFile>& files) {
  Settings settings;
  for (const OptionSpec& option : command.options) {
    Setting setting = winner(option, sources_of(command, option, table, from_line, environment, files));
    if (!setting.values.empty()) settings[option.name] = std::move(setting);
  }
  return settings;
}

Done apply_settings(const CommandSpec& command, const Settings& settings) {
  for (const OptionSpec& option : command.options) {
    const auto found = settings.find(option.name);
    if (found == settings.end() || !option.set) continue;
    if (Done ok = apply(command, option, found->second, settings); !ok) return ok;
  }
  return {};
}

}  // namespace racesim::cli
