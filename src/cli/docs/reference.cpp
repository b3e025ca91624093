// The reference as Markdown and as JSON.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/docs/docs.h"
#include "cli/docs/help.h"
#include "cli/exit_codes.h"
#include "cli/version.h"

namespace racesim::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Text inside a table cell.
std::string cell(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string code(const std::string& text) {
  return text.empty() ? "" : "`" + cell(text) + "`";
}

/// One table of the arguments, or of the options of one group; empty if it would have no row.
std::string option_table(const CommandSpec& command, bool positional, const std::string& group) {
  std::string rows;
  for (const OptionSpec& option : command.options) {
    if (option.hidden || option.positional != positional || (!positional && option.group != group)) continue;
    std::string name = display_name(option);
    if (option.letter != 0) name = fmt::format("-{}, {}", option.letter, name);
    const std::string form = value_form(option);
    if (!positional && !form.empty()) name += " " + form;
    std::string help = option.help + ".";
    if (!option.choices.empty() && form == option.metavar)
      help += fmt::format(" One of {}.", fmt::join(option.choices, ", "));
    if (option.repeatable && !positional) help += " Repeatable.";
    const std::string fallback =
        option.default_note.empty() ? code(option.default_value) : cell(option.default_note);
    rows += fmt::format("| {} | {} | {} | {} |\n", code(name), cell(help), fallback,
                        code(environment_name(option)) +
                            (option.alias_variable.empty() ? "" : ", " + code(option.alias_variable)));
  }
  if (rows.empty()) return rows;
  return fmt::format("\n**{}**\n\n| option | meaning | default | environment |\n|---|---|---|---|\n{}",
                     positional ? "Arguments" : group, rows);
}

/// Arguments first, then the groups in the order of the options.
std::string option_tables(const CommandSpec& command) {
  std::string text = option_table(command, true, "");
  std::vector<std::string> done;
  for (const OptionSpec& option : command.options) {
    if (option.positional || option.hidden || std::find(done.begin(), done.end(), option.group) != done.end())
      continue;
    done.push_back(option.group);
    text += option_table(command, false, option.group);
  }
  return text;
}

/// Members that say nothing are left out.
Json option_json(const OptionSpec& option) {
  Json object;
  object["name"] = display_name(option);
  if (option.letter != 0) object["short"] = fmt::format("-{}", option.letter);
  if (!option.metavar.empty()) object["value"] = option.metavar;
  if (!option.positional) object["group"] = option.group;
  object["help"] = option.help;
  if (!option.default_value.empty()) object["default"] = option.default_value;
  if (!option.default_note.empty()) object["default_note"] = option.default_note;
  if (!option.choices.empty()) object["choices"] = option.choices;
  if (option.repeatable) object["repeatable"] = true;
  if (option.hidden) object["hidden"] = true;
  if (const std::string variable = environment_name(option); !variable.empty())
    object["environment"] = variable;
  return object;
}

/// Hidden options are listed and marked: --help-json is for tools, which may need them.
Json command_json(const CommandSpec& command) {
  Json object;
  object["name"] = command.name;
  object["summary"] = command.summary;
  if (!command.details.empty()) object["details"] = command.details;
  object["options"] = Json::array();
  for (const OptionSpec& option : command.options) object["options"].push_back(option_json(option));
  object["examples"] = Json::array();
  for (const Example& example : command.examples)
    object["examples"].push_back({{"command", example.command}, {"text", example.text}});
  object["commands"] = Json::array();
  for (const CommandSpec& sub : command.subcommands)
    if (!sub.hidden) object["commands"].push_back(command_json(sub));
  return object;
}

}  // namespace

std::string markdown_reference(const CommandSpec& root) {
  std::string text =
      "# The command line of racesim\n\nWritten by `racesim --help-markdown`; do not edit. The same text is "
      "in the "
      "man pages and in `racesim help COMMAND`.\n";
  for_each_command(root, [&](const CommandPath& path) {
    const CommandSpec& command = *path.back();
    text += fmt::format("\n## {}\n\n{}.\n\n```text\n{} {}\n```\n", full_name(path), command.summary,
                        full_name(path), usage_tail(path));
    if (!command.details.empty()) text += "\n" + command.details + "\n";
    text += option_tables(command);
    if (!command.examples.empty()) text += "\n**Examples**\n\n```sh\n";
    for (const Example& example : command.examples)
      text += "# " + example.text + "\n" + example.command + "\n";
    if (!command.examples.empty()) text += "```\n";
  });
  text += "\n## Exit codes\n\n| code | meaning |\n|---|---|\n";
  for (const ExitCodeText& row : kExitCodeTexts) text += fmt::format("| {} | {} |\n", row.code, row.meaning);
  return text;
}

std::string json_reference(const CommandSpec& root) {
  Json object = command_json(root);
  object["version"] = version();
  object["man_pages"] = man_page_names(root);
  return object.dump(2) + "\n";
}

}  // namespace racesim::cli
