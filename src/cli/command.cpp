#include "cli/command.h"

#include <algorithm>

#include "base/check.h"

namespace racesim::cli {

std::string full_name(const CommandPath& path) {
  std::string name;
  for (const CommandSpec* command : path) {
    if (!name.empty()) name += ' ';
    name += command->name;
  }
  return name;
}

std::vector<OptionSpec> distinct_options(const CommandSpec& command) {
  std::vector<OptionSpec> distinct;
  const auto merge = [](std::vector<std::string>& into, const std::vector<std::string>& words) {
    for (const std::string& word : words)
      if (std::find(into.begin(), into.end(), word) == into.end()) into.push_back(word);
  };
  for (const OptionSpec& option : command.options) {
    const auto first = std::find_if(distinct.begin(), distinct.end(),
                                    [&](const OptionSpec& o) { return o.name == option.name; });
    if (first == distinct.end()) {
      distinct.push_back(option);
      continue;
    }
    merge(first->choices, option.choices);
    merge(first->suggestions, option.suggestions);
    first->help += "; " + option.group + ": " + option.help;
    if (!option.default_note.empty()) first->default_note += ", or " + option.default_note;
  }
  return distinct;
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

void mark_common(std::vector<OptionSpec>& options, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    bool found = false;
    for (OptionSpec& option : options) {
      if (option.name != name) continue;
      option.common = found = true;
    }
    RACESIM_CHECK(found);
  }
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
