// racesim config show|init|path
#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/docs/help.h"
#include "cli/exit_codes.h"
#include "cli/globals.h"
#include "cli/resolve.h"
#include "cli/values.h"
#include "io/files/atomic_file.h"

namespace racesim::cli {
namespace {

using Json = nlohmann::ordered_json;

/// What a command that only writes ends with.
Result<int> config_written(const Done& done) {
  if (!done) return tl::make_unexpected(done.error());
  return kExitOk;
}

/// A value as TOML: whole numbers and truth values bare, everything else quoted.
std::string toml_value(const std::string& text) {
  const bool digits =
      !text.empty() && text.size() < 19 && text.find_first_not_of("0123456789") == std::string::npos;
  if (text == "true" || text == "false" || (digits && (text.size() == 1 || text[0] != '0'))) return text;
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// A list where the option takes several.
std::string toml_values(const OptionSpec& option, const std::vector<std::string>& values) {
  if (!option.repeatable || option.metavar.empty()) return toml_value(values.back());
  std::vector<std::string> items;
  for (const std::string& value : values) items.push_back(toml_value(value));
  return fmt::format("[{}]", fmt::join(items, ", "));
}

std::string origin_of(const Setting& setting) {
  std::string text = setting.source == Source::builtin ? "default" : setting.place;
  for (std::size_t i = setting.weaker.size(); i-- > 0;) text += ", " + setting.weaker[i].place;
  return text;
}

/// Why a value is refused; empty if it is fine.
std::string complaint(const OptionSpec& option, const Setting& setting) {
  for (const std::string& value : setting.values)
    if (option.set)
      if (const Done ok = option.set(value); !ok) return ok.error().what;
  return {};
}

/// Calls `visit` with each table's name and command: the globals first.
template <class Visit>
void for_each_table(const CommandSpec& root, Visit visit) {
  visit(std::string(), root);
  for (const CommandSpec& command : root.subcommands)
    if (!command.hidden) visit(command.name, command);
}

/// Shows everything even if a value is bad: who looks here may be searching for just that. The exit code
/// tells.
Result<int> show(Context& context, bool origin) {
  std::string text;
  Json object;
  bool valid = true;
  for_each_table(*context.root, [&](const std::string& table, const CommandSpec& command) {
    Settings settings = table.empty()
                            ? context.global_settings
                            : resolve(command, table, {}, context.environment, context.config_files);
    std::string lines;
    for (const OptionSpec& option : distinct_options(command)) {
      if (environment_name(option).empty()) continue;
      auto found = settings.find(option.name);
      if (found == settings.end() && option.metavar.empty())
        found = settings.emplace(option.name, Setting{Source::builtin, "", {"false"}}).first;
      if (found == settings.end()) {
        lines += fmt::format("# {} is not set{}\n", option.name,
                             option.default_note.empty() ? "" : " (" + default_text(option) + ")");
        continue;
      }
      // The globals have been applied; applying a counting one again would count twice.
      const std::string wrong = table.empty() ? "" : complaint(option, found->second);
      valid = valid && wrong.empty();
      mask(option, found->second);
      const std::vector<std::string> values = all_values(found->second);
      std::string line = option.name + " = " + toml_values(option, values);
      if (origin) line = fmt::format("{:<40} # {}", line, origin_of(found->second));
      lines += line + (wrong.empty() ? "" : (origin ? "; " : "  # ") + ("invalid: " + wrong)) + "\n";
      Json& entry = table.empty() ? object[option.name] : object[table][option.name];
      entry["value"] = option.repeatable && !option.metavar.empty() ? Json(values) : Json(values.back());
      entry["origin"] = origin_of(found->second);
    }
    if (lines.empty()) return;
    text += (table.empty() ? "" : "\n[" + table + "]\n") + lines;
  });
  const Result<int> code = config_written(write_stdout(
      context.globals->json ? object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n" : text));
  return code && !valid ? Result<int>(kExitUsage) : code;
}

/// Every line is a comment, so that the file changes nothing until it is edited.
std::string template_text(const CommandSpec& root) {
  std::string text =
      "# Options of racesim. Remove the '#' in front of a line to set it.\n"
      "# Precedence: flag, environment (RACESIM_…), this file, the user's config file, default.\n";
  for_each_table(root, [&](const std::string& table, const CommandSpec& command) {
    std::string lines;
    for (const OptionSpec& option : distinct_options(command)) {
      if (environment_name(option).empty() || option.name == "config" || option.name == "no-config") continue;
      const std::string value = option.metavar.empty()         ? "true"
                                : option.default_value.empty() ? "\"" + option.metavar + "\""
                                                               : toml_values(option, {option.default_value});
      lines += "\n# " + option.help + "\n";
      if (!option.choices.empty()) lines += fmt::format("# One of {}.\n", fmt::join(option.choices, ", "));
      if (!option.default_note.empty()) lines += "# Default: " + option.default_note + ".\n";
      lines += "# " + option.name + " = " + value + "\n";
    }
    if (!lines.empty()) text += (table.empty() ? "" : "\n[" + table + "]\n") + lines;
  });
  return text;
}

/// Never overwrites: the file may hold somebody's work.
Result<int> init(Context& context) {
  const std::string text = template_text(*context.root);
  if (context.globals->dry_run) return config_written(write_stdout(text));
  const std::string path = context.globals->config.empty() ? "racesim.toml" : context.globals->config;
  if (::access(path.c_str(), F_OK) == 0)
    return fail(ErrorKind::usage, path + " exists already",
                "to choose another name: racesim config init --config FILE\nto see it without writing: "
                "racesim config init --dry-run");
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return tl::make_unexpected(file.error());
  if (const Done ok = file->write(text); !ok) return tl::make_unexpected(ok.error());
  if (const Done ok = file->commit(); !ok) return tl::make_unexpected(ok.error());
  if (!context.globals->quiet) write_stderr("wrote " + path + "\n");
  return kExitOk;
}

Result<int> paths(Context& context) {
  const std::string& named = context.globals->config;
  std::vector<std::string> list{named.empty() ? kLocalConfig : named};
  if (const std::string user = user_config_path(context.environment); !user.empty()) list.push_back(user);
  std::string text;
  Json array = Json::array();
  for (const std::string& path : list) {
    const bool found = ::access(path.c_str(), R_OK) == 0;
    text += path + (found ? "\n" : "  (missing)\n");
    array.push_back({{"path", path}, {"found", found}});
  }
  return config_written(write_stdout(context.globals->json ? array.dump() + "\n" : text));
}

CommandSpec show_config_command() {
  const auto origin = std::make_shared<bool>(false);
  OptionSpec option;
  option.name = "origin";
  option.group = "Output";
  option.help = "Show where each value comes from";
  option.configurable = false;
  option.set = set_flag(*origin);
  CommandSpec command;
  command.name = "show";
  command.summary = "Show the value of every option, as set by the environment, config files and defaults";
  command.options = {option};
  command.run = [origin](Context& context) { return show(context, *origin); };
  return command;
}

}  // namespace

CommandSpec config_command() {
  CommandSpec init_it;
  init_it.name = "init";
  init_it.summary = "Write a commented racesim.toml, or the file that --config names";
  init_it.reads_config = false;
  init_it.run = init;
  CommandSpec path;
  path.name = "path";
  path.summary = "Show which config files racesim looks for";
  path.reads_config = false;
  path.run = paths;
  CommandSpec command;
  command.name = "config";
  command.summary = "Show, write and find configuration";
  command.subcommands = {show_config_command(), init_it, path};
  command.examples = {{"racesim config show --origin", "every value, and the place that sets it"},
                      {"racesim config init", "write ./racesim.toml to edit"}};
  return command;
}

}  // namespace racesim::cli
