#include "cli/command.h"

namespace racesim::cli {

std::string full_name(const CommandPath& path) {
  std::string name;
  for (const CommandSpec* command : path) {
    if (!name.empty()) name += ' ';
    name += command->name;
  }
  return name;
}

const OptionSpec* find_option(const CommandSpec& command, const std::string& name) {
  for (const OptionSpec& option : command.options)
    if (option.name == name) return &option;
  return nullptr;
}

const CommandSpec* find_subcommand(const CommandSpec& command, const std::string& name) {
  for (const CommandSpec& sub : command.subcommands)
    if (sub.name == name) return &sub;
  return nullptr;
}

std::string display_name(const OptionSpec& option) {
  return option.positional ? option.metavar : "--" + option.name;
}

std::vector<std::string> all_values(const Setting& setting) {
  std::vector<std::string> values;
  for (const Setting& weaker : setting.weaker)
    values.insert(values.end(), weaker.values.begin(), weaker.values.end());
  values.insert(values.end(), setting.values.begin(), setting.values.end());
  return values;
}

void mask(const OptionSpec& option, Setting& setting) {
  if (!option.secret) return;
  for (Setting& weaker : setting.weaker) mask(option, weaker);
  for (std::string& value : setting.values) value = value.substr(0, value.find('=')) + "=…";
}

// Done by hand: toupper() would ask the locale.
std::string environment_name(const OptionSpec& option) {
  if (option.positional || !option.configurable) return {};
  std::string name = "RACESIM_";
  for (const char c : option.name)
    name += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return name;
}

}  // namespace racesim::cli
