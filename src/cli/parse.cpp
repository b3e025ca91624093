#include "cli/parse.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "base/suggest.h"

namespace racesim::cli {
namespace {

struct BoundOption {
  const OptionSpec* spec;
  CLI::Option* option;
};

/// CLI11 only sorts the words: no types, no checks, no variables. Values are texts until their setter reads
/// them.
void add_options(CLI::App& app, const CommandSpec& command, std::vector<BoundOption>& bound) {
  for (const OptionSpec& spec : command.options) {
    // Of a name that stands there several times (see CommandSpec::options) the first is bound.
    if (&spec != find_option(command, spec.name)) continue;
    std::string names = spec.positional ? spec.name : "--" + spec.name;
    if (spec.letter != 0) names = std::string("-") + spec.letter + "," + names;
    CLI::Option* option = spec.metavar.empty() ? app.add_flag(names) : app.add_option(names);
    if (!spec.metavar.empty()) {
      const bool many = spec.positional && spec.repeatable;
      option->expected(many ? 0 : 1, many ? -1 : 1)->allow_extra_args(many);
      option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
    bound.push_back({&spec, option});
  }
  for (const CommandSpec& sub : command.subcommands) {
    CLI::App* child = app.add_subcommand(sub.name);
    child->fallthrough();
    add_options(*child, sub, bound);
  }
}

/// Extras are collected, not refused, so that the first mistake as typed can be told with a suggestion; a
/// limit of one subcommand keeps `racesim run config` from running both.
void configure(CLI::App& app) {
  app.allow_extras();
  app.require_subcommand(0, 1);
  for (CLI::App* child : app.get_subcommands([](CLI::App*) { return true; })) configure(*child);
}

/// The specs behind the subcommands that CLI11 met.
CommandPath path_of(const CommandSpec& root, const CLI::App& app) {
  CommandPath path{&root};
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    path.push_back(find_subcommand(*path.back(), at->get_name()));
  }
  return path;
}

/// Known names for a suggestion: the command's options and the globals, with their dashes.
std::vector<std::string> option_names(const CommandPath& path) {
  std::vector<std::string> names;
  for (auto command = path.rbegin(); command != path.rend(); ++command)
    for (const OptionSpec& option : (*command)->options)
      if (!option.positional && !option.hidden) names.push_back("--" + option.name);
  return names;
}

/// "racesim run" of every command that has the option; for an option typed behind the wrong command.
std::string owners_of(const CommandSpec& command, const std::string& option, const std::string& prefix) {
  std::string owners;
  const std::string name = prefix.empty() ? command.name : prefix + " " + command.name;
  if (!command.hidden && find_option(command, option) != nullptr) owners = name;
  for (const CommandSpec& sub : command.subcommands) {
    if (sub.hidden) continue;
    const std::string below = owners_of(sub, option, name);
    if (!below.empty()) owners += (owners.empty() ? "" : ", ") + below;
  }
  return owners;
}

/// The remedy: the same name with its dashes, the command that has it, the closest name, or the help.
tl::unexpected<Error> unknown_option(const CommandPath& path, const std::string& token) {
  const std::string typed = token.substr(0, token.find('='));
  const std::string bare = typed.substr(std::min(typed.size(), typed.find_first_not_of('-')));
  std::string hint;
  for (const CommandSpec* command : path)
    if (find_option(*command, bare) != nullptr)
      return fail(ErrorKind::usage, "unknown option '" + typed + "'", "did you mean: --" + bare);
  const std::string owners = owners_of(*path.front(), bare, "");
  const std::string meant = closest("--" + bare, option_names(path));
  if (!owners.empty())
    hint = "it belongs to: " + owners;
  else if (!meant.empty())
    hint = "did you mean: " + meant;
  else
    hint = "all options: " + full_name(path) + " --help";
  return fail(ErrorKind::usage, "unknown option '" + typed + "'", hint);
}

/// Suggests below the command that was understood: "config shwo" → racesim config show.
tl::unexpected<Error> unknown_command(const CommandPath& path, const std::string& token) {
  std::vector<std::string> names;
  for (const CommandSpec& sub : path.back()->subcommands)
    if (!sub.hidden) names.push_back(sub.name);
  const std::string meant = closest(token, names);
  const std::string hint = meant.empty() ? "all commands: " + full_name(path) + " --help"
                                         : "did you mean: " + full_name(path) + " " + meant;
  return fail(ErrorKind::usage, "unknown command '" + token + "'", hint);
}

/// CLI11 lists leftovers in its own order; the first one as typed is the one to speak of.
Result<void> refuse_leftovers(const CommandPath& path, const std::vector<std::string>& args,
                              const std::vector<std::string>& leftovers, bool help_asked) {
  for (const std::string& token : args) {
    if (token == "--" || std::find(leftovers.begin(), leftovers.end(), token) == leftovers.end()) continue;
    const bool dashed = token.size() > 1 && token[0] == '-';
    // Even --help does not forgive a command that does not exist: whose help would it be?
    if (!dashed && !path.back()->subcommands.empty()) return unknown_command(path, token);
    if (help_asked) continue;
    if (dashed) return unknown_option(path, token);
    return fail(ErrorKind::usage, "unexpected argument '" + token + "'",
                "see: " + full_name(path) + " --help");
  }
  return {};
}

/// "--seed=" and "--sink --seed": CLI11 would take the next argument as the value.
Done refuse_missing_value(const OptionSpec& spec, const CommandPath& path,
                          const std::vector<std::string>& values) {
  if (spec.metavar.empty() || spec.positional) return {};
  for (const std::string& value : values) {
    if (value.size() < 3 || value.compare(0, 2, "--") != 0) continue;
    const std::string name = value.substr(2, value.find('=') - 2);
    for (const CommandSpec* command : path)
      if (find_option(*command, name) != nullptr)
        return fail(ErrorKind::usage, "--" + spec.name + " needs a value before '" + value + "'",
                    "form: --" + spec.name + " " + spec.metavar);
  }
  return {};
}

/// "--seed=" has no value; CLI11 would read the next argument as one.
Done refuse_empty_value(const CommandPath& path, const std::vector<std::string>& args) {
  for (const std::string& token : args) {
    if (token == "--") break;
    if (token.size() < 4 || token.compare(0, 2, "--") != 0 || token.back() != '=') continue;
    const std::string name = token.substr(2, token.size() - 3);
    for (const CommandSpec* command : path) {
      const OptionSpec* option = find_option(*command, name);
      if (option == nullptr || option->metavar.empty()) continue;
      return fail(ErrorKind::usage, "--" + name + " needs a value after '='",
                  "form: --" + name + " " + option->metavar);
    }
  }
  return {};
}

}  // namespace

Result<ParsedLine> parse_line(const CommandSpec& root, const std::vector<std::string>& args) {
  CLI::App app{"", root.name};
  app.set_help_flag();  // --help is an ordinary flag here; subcommands inherit this
  std::vector<BoundOption> bound;
  add_options(app, root, bound);
  configure(app);
  try {
    // CLI11 takes the arguments from the back of the vector.
    app.parse(std::vector<std::string>(args.rbegin(), args.rend()));
  } catch (const CLI::ArgumentMismatch&) {
    const std::string last = args.back().substr(0, args.back().find('='));
    return fail(ErrorKind::usage, last + " needs a value", "it is the last word of the command line");
  } catch (const CLI::ParseError& error) {
    return fail(ErrorKind::usage, error.what());
  }
  ParsedLine line{path_of(root, app), {}};
  for (const BoundOption& b : bound) {
    if (b.option->results().empty()) continue;
    Setting setting{Source::flag, display_name(*b.spec), b.option->results()};
    if (const Done ok = refuse_missing_value(*b.spec, line.path, setting.values); !ok)
      return tl::make_unexpected(ok.error());
    if (!b.spec->repeatable) setting.values.erase(setting.values.begin(), setting.values.end() - 1);
    line.settings[b.spec->name] = std::move(setting);
  }
  const bool help_asked = line.settings.count("help") != 0;
  if (const Done ok = refuse_leftovers(line.path, args, app.remaining(true), help_asked); !ok)
    return tl::make_unexpected(ok.error());
  if (const Done ok = refuse_empty_value(line.path, args); !ok && !help_asked)
    return tl::make_unexpected(ok.error());
  return line;
}

Result<CommandPath> find_command(const CommandSpec& root, const std::vector<std::string>& words) {
  CommandPath path{&root};
  for (const std::string& word : words) {
    const CommandSpec* sub = find_subcommand(*path.back(), word);
    if (sub == nullptr) return unknown_command(path, word);
    path.push_back(sub);
  }
  return path;
}

}  // namespace racesim::cli
