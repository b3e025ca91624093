// Man pages in roff.
#include <fmt/format.h>

#include <sstream>

#include "base/check.h"
#include "cli/docs/docs.h"
#include "cli/docs/help.h"
#include "cli/exit_codes.h"
#include "cli/version.h"

namespace racesim::cli {
namespace {

/// Text that roff shows as it is: no requests, no escapes, and hyphens that can be copied into a shell.
std::string plain(const std::string& text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
    line_start = c == '\n';
  }
  return out;
}

std::string bold(const std::string& text) {
  return "\\fB" + plain(text) + "\\fR";
}
std::string italic(const std::string& text) {
  return "\\fI" + plain(text) + "\\fR";
}

/// The page's name: "racesim-run".
std::string page_of(const CommandPath& path) {
  std::string name;
  for (const CommandSpec* command : path) name += (name.empty() ? "" : "-") + command->name;
  return name;
}

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

/// A tagged paragraph: the option, what it does, what it is without it.
std::string option_entry(const OptionSpec& option) {
  std::string head;
  if (option.positional)
    head = italic(option.metavar);
  else {
    if (option.letter != 0) head = bold(fmt::format("-{}", option.letter)) + ", ";
    head += bold("--" + option.name);
    if (!option.metavar.empty()) head += " " + italic(value_form(option));
  }
  std::string text = ".TP\n" + head + "\n" + plain(option.help) + ".\n";
  if (!option.choices.empty() && value_form(option) == option.metavar)
    text += plain(fmt::format("One of {}.", fmt::join(option.choices, ", "))) + "\n";
  if (option.repeatable && !option.positional) text += "May be given several times.\n";
  if (const std::string fallback = default_text(option); !fallback.empty())
    text += plain("Default: " + fallback.substr(8)) + ".\n";
  if (const std::string variable = environment_name(option); !variable.empty())
    text += "Environment: " + plain(variable) +
            (option.alias_variable.empty() ? "" : ", " + plain(option.alias_variable)) + ".\n";
  return text;
}

/// One sub-section per group, in the order of the options.
std::string option_entries(const CommandSpec& command) {
  std::vector<std::pair<std::string, std::string>> groups;
  for (const OptionSpec& option : command.options) {
    if (option.hidden) continue;
    const std::string title = option.positional ? "Arguments" : option.group;
    auto group = groups.begin();
    while (group != groups.end() && group->first != title) ++group;
    if (group == groups.end()) group = groups.insert(group, {title, ""});
    group->second += option_entry(option);
  }
  std::string text;
  for (const auto& [title, entries] : groups) text += ".SS " + title + "\n" + entries;
  return text;
}

/// Empty lines become paragraph marks; roff would take them for vertical space.
std::string paragraphs(const std::string& text) {
  std::string out;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) out += line.empty() ? ".PP\n" : plain(line) + "\n";
  return out;
}

/// Empty for a command without subcommands.
std::string command_list(const CommandSpec& command) {
  std::string text;
  for (const CommandSpec& sub : command.subcommands)
    if (!sub.hidden) text += ".TP\n" + bold(sub.name) + "\n" + plain(sub.summary) + ".\n";
  return text.empty() ? text : ".SH COMMANDS\n" + text;
}

/// The sections that are the same on every page, and the examples.
std::string closing(const CommandSpec& root, const CommandPath& path) {
  std::string text =
      ".SH ENVIRONMENT\nAn option whose entry names a variable can also be set there.\nA flag beats the "
      "environment, which beats the config files.\n" +
      bold("NO_COLOR") + ", " + bold("FORCE_COLOR") + " and " + bold("TERM=dumb") + " decide on colour.\n";
  text += ".SH FILES\n.TP\n" + bold("./racesim.toml") + "\nOptions for this folder; " + bold("--config") +
          " names another file.\n.TP\n" + bold("$XDG_CONFIG_HOME/racesim/config.toml") +
          "\nOptions for this user; " + bold("~/.config/racesim/config.toml") + " if " +
          bold("XDG_CONFIG_HOME") + " is not set.\n";
  text += ".SH \"EXIT STATUS\"\n";
  for (const ExitCodeText& code : kExitCodeTexts)
    text += fmt::format(".TP\n{}\n{}\n", code.code, plain(code.meaning));
  if (!path.back()->examples.empty()) {
    text += ".SH EXAMPLES\n";
    for (const Example& example : path.back()->examples)
      text += ".TP\n" + plain(example.text) + "\n" + bold(example.command) + "\n";
  }
  std::string others;
  for (const std::string& name : man_page_names(root))
    if (name != page_of(path)) others += (others.empty() ? "" : ",\n") + bold(name) + "(1)";
  return text + ".SH \"SEE ALSO\"\n" + others + "\n";
}

}  // namespace

void for_each_command(const CommandSpec& root, const std::function<void(const CommandPath&)>& visit) {
  // By value: each level keeps a path of its own.
  const std::function<void(CommandPath)> walk = [&](CommandPath path) {
    visit(path);
    for (const CommandSpec& sub : path.back()->subcommands) {
      if (sub.hidden) continue;
      CommandPath below = path;
      below.push_back(&sub);
      walk(below);
    }
  };
  walk({&root});
}

std::vector<std::string> man_page_names(const CommandSpec& root) {
  std::vector<std::string> names{root.name};
  for (const CommandSpec& command : root.subcommands)
    if (!command.hidden) names.push_back(root.name + "-" + command.name);
  return names;
}

std::string man_page(const CommandSpec& root, const std::string& name) {
  CommandPath path{&root};
  for (const CommandSpec& command : root.subcommands)
    if (root.name + "-" + command.name == name) path.push_back(&command);
  RACESIM_CHECK(page_of(path) == name);
  const CommandSpec& command = *path.back();
  std::string text = fmt::format(
      ".\\\" Written by racesim man; do not edit.\n.TH {} 1 \"\" \"racesim {}\" \"User Commands\"\n",
      plain(upper(name)), version());
  text += ".SH NAME\n" + plain(name) + " \\- " + plain(command.summary) + "\n";
  text += ".SH SYNOPSIS\n" + bold(full_name(path)) + " " + plain(usage_tail(path)) + "\n";
  text += ".SH DESCRIPTION\n" + plain(command.summary) + ".\n";
  if (!command.details.empty()) text += ".PP\n" + paragraphs(command.details);
  text += command_list(command);
  const std::string own = option_entries(command);
  if (!own.empty()) text += ".SH OPTIONS\n" + own;
  if (path.size() > 1)
    text += ".PP\nThe options of every command are described in " + bold(root.name) + "(1).\n";
  for (const CommandSpec& sub : command.subcommands) {
    // The commands of racesim have pages of their own; those of a group are described on its page.
    if (path.size() < 2 || sub.hidden) continue;
    const std::string entries = option_entries(sub);
    if (!entries.empty()) text += ".SH \"OPTIONS OF " + upper(sub.name) + "\"\n" + entries;
  }
  return text + closing(root, path);
}

}  // namespace racesim::cli
