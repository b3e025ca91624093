#include "cli/config_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <toml++/toml.h>
#include <algorithm>
#include <filesystem>
#include <sstream>

#include "base/suggest.h"

namespace racesim::cli {
namespace {

/// "racesim.toml:3: ", as compilers and editors write it.
std::string where(const std::string& path, std::size_t line) {
  return fmt::format("{}:{}: ", path, line);
}

/// A scalar as its text on the command line.
Result<std::string> scalar_text(const toml::node& node, const std::string& place) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* flag = node.as_boolean()) return std::string(flag->get() ? "true" : "false");
  if (const auto* number = node.as_integer()) return fmt::format("{}", number->get());
  if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
  std::ostringstream text;
  if (const auto* moment = node.as_date_time())
    text << moment->get();
  else if (const auto* date = node.as_date())
    text << date->get();
  else
    return fail(ErrorKind::usage, place + "expected a text, number, true or false, or date");
  return text.str();
}

/// One line of the file. An array gives several values, which only a repeatable option takes.
Result<ConfigEntry> entry_of(const std::string& path, const std::string& table, const toml::key& key,
                             const toml::node& node) {
  ConfigEntry entry{table, std::string(key.str()), {}, static_cast<int>(key.source().begin.line)};
  const std::string place = where(path, key.source().begin.line);
  if (const toml::array* list = node.as_array()) {
    for (const toml::node& item : *list) {
      Result<std::string> text = scalar_text(item, place);
      if (!text) return tl::make_unexpected(text.error());
      entry.values.push_back(std::move(*text));
    }
    return entry;
  }
  Result<std::string> text = scalar_text(node, place);
  if (!text) return tl::make_unexpected(text.error());
  entry.values.push_back(std::move(*text));
  return entry;
}

/// Flattens the two levels that a config file has; deeper tables are refused by scalar_text().
Done collect(const toml::table& from, const std::string& table, ConfigFile& file) {
  for (const auto& [key, node] : from) {
    if (const toml::table* inner = node.as_table(); inner != nullptr && table.empty()) {
      // The table itself stands for an entry without a key, so that an unknown one is told by its own line.
      file.entries.push_back({std::string(key.str()), "", {}, static_cast<int>(key.source().begin.line)});
      if (const Done ok = collect(*inner, std::string(key.str()), file); !ok) return ok;
      continue;
    }
    Result<ConfigEntry> entry = entry_of(file.path, table, key, node);
    if (!entry) return tl::make_unexpected(entry.error());
    file.entries.push_back(std::move(*entry));
  }
  return {};
}

/// Options that may stand in a file; --help and its relatives may not.
std::vector<std::string> configurable_names(const CommandSpec& command) {
  std::vector<std::string> names;
  for (const OptionSpec& option : command.options)
    if (!environment_name(option).empty()) names.push_back(option.name);
  return names;
}

/// Commands with options that a file may set.
std::vector<std::string> table_names(const CommandSpec& root) {
  std::vector<std::string> names;
  for (const CommandSpec& sub : root.subcommands)
    if (!sub.hidden && !configurable_names(sub).empty()) names.push_back(sub.name);
  return names;
}

/// The closest known name, or all of them.
std::string suggestion(const std::string& typed, const std::vector<std::string>& known) {
  const std::string meant = closest(typed, known);
  return meant.empty() ? "known: " + fmt::format("{}", fmt::join(known, ", ")) : "did you mean: " + meant;
}

/// Not to be opened and not to be there is the same for a file that nobody named.
bool readable(const std::string& path) {
  return ::access(path.c_str(), R_OK) == 0;
}

}  // namespace

Result<ConfigFile> read_config(const std::string& path, Source source) {
  ConfigFile file{path, source, {}};
  if (!readable(path))
    return tl::make_unexpected(Error{ErrorKind::usage, system_error("read " + path, errno).what,
                                     "write one: racesim config init --config " + path});
  // An input stream opens a folder and then reads nothing from it.
  if (std::filesystem::is_directory(path))
    return fail(ErrorKind::usage, "read " + path + ": it is a folder", "name a file in it");
  try {
    const toml::table table = toml::parse_file(path);
    if (const Done ok = collect(table, "", file); !ok) return tl::make_unexpected(ok.error());
  } catch (const toml::parse_error& error) {
    return fail(ErrorKind::usage, where(path, error.source().begin.line) + std::string(error.description()));
  }
  // toml++ sorts by key; the first mistake to tell is the topmost.
  std::stable_sort(file.entries.begin(), file.entries.end(),
                   [](const ConfigEntry& a, const ConfigEntry& b) { return a.line < b.line; });
  return file;
}

Done check_keys(const ConfigFile& file, const CommandSpec& root) {
  for (const ConfigEntry& entry : file.entries) {
    const std::string place = where(file.path, static_cast<std::size_t>(entry.line));
    const CommandSpec* owner = &root;
    if (!entry.table.empty()) {
      const std::vector<std::string> tables = table_names(root);
      owner = find_subcommand(root, entry.table);
      if (owner == nullptr || std::find(tables.begin(), tables.end(), entry.table) == tables.end())
        return fail(ErrorKind::usage, place + "unknown table '[" + entry.table + "]'",
                    suggestion(entry.table, tables));
      if (entry.key.empty()) continue;
    }
    const std::string shown = (entry.table.empty() ? "" : entry.table + ".") + entry.key;
    const OptionSpec* option = find_option(*owner, entry.key);
    if (option == nullptr || environment_name(*option).empty())
      return fail(ErrorKind::usage, place + "unknown key '" + shown + "'",
                  suggestion(entry.key, configurable_names(*owner)));
    if (entry.values.size() != 1 && !option->repeatable)
      return fail(ErrorKind::usage, place + "'" + shown + "' takes one value, not a list");
  }
  return {};
}

std::string user_config_path(const Environment& environment) {
  const auto value = [&](const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
  };
  std::string base = value("XDG_CONFIG_HOME");
  if (base.empty() && !value("HOME").empty()) base = value("HOME") + "/.config";
  return base.empty() ? base : base + "/racesim/config.toml";
}

Result<std::vector<ConfigFile>> load_configs(const std::string& named, const Environment& environment,
                                             const CommandSpec& root) {
  std::vector<ConfigFile> files;
  const auto add = [&](const std::string& path, Source source) -> Done {
    Result<ConfigFile> file = read_config(path, source);
    if (!file) return tl::make_unexpected(file.error());
    if (const Done ok = check_keys(*file, root); !ok) return ok;
    files.push_back(std::move(*file));
    return {};
  };
  // --config takes the place of ./racesim.toml, not of the user's file.
  if (!named.empty() || readable(kLocalConfig)) {
    if (const Done ok = add(named.empty() ? kLocalConfig : named, Source::config); !ok)
      return tl::make_unexpected(ok.error());
  }
  const std::string user = user_config_path(environment);
  if (!user.empty() && readable(user)) {
    if (const Done ok = add(user, Source::user_config); !ok) return tl::make_unexpected(ok.error());
  }
  return files;
}

}  // namespace racesim::cli
