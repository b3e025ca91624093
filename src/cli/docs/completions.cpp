// Completion scripts. Each is made from the option tree once, by `racesim completions SHELL`, and then needs
// no call of racesim while the user types.
#include <fmt/format.h>

#include "cli/docs/docs.h"
#include "cli/docs/help.h"

namespace racesim::cli {
namespace {

/// Names and choices hold no blanks, so that a list of words needs no quotes.
std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

/// "run", "config show": the words behind racesim.
std::string below_root(const CommandPath& path) {
  return full_name(CommandPath(path.begin() + 1, path.end()));
}

/// Options that fit behind the command: its own and the globals.
std::vector<OptionSpec> visible_options(const CommandPath& path) {
  std::vector<OptionSpec> list;
  for (auto command = path.rbegin(); command != path.rend(); ++command)
    for (OptionSpec& option : distinct_options(**command))
      if (!option.hidden && !option.positional) list.push_back(std::move(option));
  return list;
}

std::vector<std::string> visible_commands(const CommandSpec& command) {
  std::vector<std::string> names;
  for (const CommandSpec& sub : command.subcommands)
    if (!sub.hidden) names.push_back(sub.name);
  return names;
}

void append(std::vector<std::string>& words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
}

/// What an option's value may be, as far as it can be listed.
std::vector<std::string> value_words(const OptionSpec& option) {
  return option.choices.empty() ? option.suggestions : option.choices;
}

/// Words that may stand where an argument is expected: commands, or the values of a positional.
std::vector<std::string> argument_words(const CommandPath& path) {
  std::vector<std::string> words = visible_commands(*path.back());
  for (const OptionSpec& option : path.back()->options) {
    if (!option.positional) continue;
    append(words, value_words(option));
    if (option.complete == Complete::command) append(words, visible_commands(*path.front()));
  }
  return words;
}

/// What bash offers behind an option that takes a value.
std::string bash_value(const OptionSpec& option) {
  if (const auto words = value_words(option); !words.empty())
    return fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$cur\"))", joined(words));
  if (option.complete == Complete::file) return "compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\"))";
  if (option.complete == Complete::directory)
    return "compopt -o filenames; COMPREPLY=($(compgen -d -- \"$cur\"))";
  return "COMPREPLY=()";
}

/// Text inside single quotes in sh, zsh and fish.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// In zsh's _arguments brackets and colons have a meaning.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

/// One argument of _arguments: '--name[help]:METAVAR:action'.
std::string zsh_option(const OptionSpec& option) {
  std::string action;
  if (const auto words = value_words(option); !words.empty())
    action = zsh_text("(" + joined(words) + ")");
  else if (option.complete == Complete::file)
    action = "_files";
  else if (option.complete == Complete::directory)
    action = "_files -/";
  std::string spec =
      fmt::format("{}--{}[{}]", option.repeatable ? "*" : "", option.name, zsh_text(option.help));
  if (!option.metavar.empty()) spec += ":" + zsh_text(option.metavar) + ":" + action;
  std::string text = "      " + quoted(spec) + " \\\n";
  if (option.letter != 0)
    text += "      " + quoted(fmt::format("-{}[{}]", option.letter, zsh_text(option.help))) + " \\\n";
  return text;
}

/// One line; fish asks `condition` each time the user presses Tab.
std::string fish_option(const OptionSpec& option, const std::string& condition) {
  std::string line = "complete -c racesim" + (condition.empty() ? "" : " -n " + quoted(condition));
  if (option.letter != 0) line += fmt::format(" -s {}", option.letter);
  line += " -l " + option.name;
  if (!option.metavar.empty()) line += option.complete == Complete::nothing ? " -x" : " -r -F";
  if (const auto words = value_words(option); !words.empty()) line += " -a " + quoted(joined(words));
  return line + " -d " + quoted(option.help) + "\n";
}

/// "racesim config show" → "_racesim_config_show".
std::string function_name(const CommandPath& path) {
  std::string name = "_" + full_name(path);
  for (char& c : name)
    if (c == ' ' || c == '-') c = '_';
  return name;
}

}  // namespace

std::string bash_completion(const CommandSpec& root) {
  // Four tables, each a case statement: which words are commands, which options swallow the next word, what a
  // value may be, and what may stand at a place.
  std::string known, takes_value, values, words;
  for_each_command(root, [&](const CommandPath& path) {
    const std::string place = below_root(path);
    if (!place.empty()) known += (known.empty() ? "" : "|") + quoted(place);
    std::vector<std::string> options;
    for (const OptionSpec& option : visible_options(path)) options.push_back("--" + option.name);
    words += fmt::format("    {}) words='{}'; options='{}' ;;\n", quoted(place), joined(argument_words(path)),
                         joined(options));
    for (const OptionSpec& option : distinct_options(*path.back())) {
      if (option.positional || option.hidden || option.metavar.empty()) continue;
      takes_value += (takes_value.empty() ? "" : "|") + ("--" + option.name);
      // The globals are known behind every command.
      const std::string pattern = place.empty() ? "*" : "'" + place + "'";
      values += fmt::format("    {}':--{}') {}; return ;;\n", pattern, option.name, bash_value(option));
    }
  });
  return fmt::format(R"(# bash completion of racesim, written by: racesim completions bash
# Use it: racesim completions bash > ~/.local/share/bash-completion/completions/racesim
_racesim() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}
  local place='' word words='' options='' skip=0 i
  COMPREPLY=()
  # "--name=value" arrives as three words.
  if [[ $cur == '=' ]]; then cur=''; fi
  if [[ $previous == '=' ]]; then previous=${{COMP_WORDS[COMP_CWORD-2]}}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${{COMP_WORDS[i]}}
    if ((skip)); then skip=0; continue; fi
    case $word in
      {}) skip=1; continue ;;
      -*|=) continue ;;
    esac
    case "${{place:+$place }}$word" in
      {}) place="${{place:+$place }}$word" ;;
    esac
  done
  case "$place:$previous" in
{}  esac
  case "$place" in
{}  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  fi
}}
complete -F _racesim racesim
)",
                     takes_value, known, values, words);
}

std::string zsh_completion(const CommandSpec& root) {
  std::string text =
      "#compdef racesim\n# zsh completion of racesim, written by: racesim completions zsh\n"
      "# Use it: racesim completions zsh > a folder of $fpath, as _racesim\n";
  for_each_command(root, [&](const CommandPath& path) {
    text += "\n" + function_name(path) + "() {\n  local line state\n  _arguments -C \\\n";
    for (const OptionSpec& option : visible_options(path)) text += zsh_option(option);
    if (!path.back()->subcommands.empty()) {
      text +=
          "      '1: :->command' '*::argument:->rest'\n  case $state in\n    command)\n      local -a "
          "commands=(\n";
      for (const CommandSpec& sub : path.back()->subcommands)
        if (!sub.hidden) text += "        " + quoted(sub.name + ":" + zsh_text(sub.summary)) + "\n";
      text += "      )\n      _describe command commands ;;\n    rest)\n      case $line[1] in\n";
      for (const CommandSpec& sub : path.back()->subcommands) {
        if (sub.hidden) continue;
        CommandPath below = path;
        below.push_back(&sub);
        text += "        " + sub.name + ") " + function_name(below) + " ;;\n";
      }
      text += "      esac ;;\n  esac\n";
    } else {
      text += "      '*:argument:(" + joined(argument_words(path)) + ")'\n";
    }
    text += "}\n";
  });
  return text + "\n_racesim \"$@\"\n";
}

std::string fish_completion(const CommandSpec& root) {
  std::string text =
      "# fish completion of racesim, written by: racesim completions fish\n"
      "# Use it: racesim completions fish > ~/.config/fish/completions/racesim.fish\n"
      "complete -c racesim -f\n";
  for_each_command(root, [&](const CommandPath& path) {
    std::string condition;
    for (std::size_t i = 1; i < path.size(); ++i)
      condition += (i > 1 ? "; and " : "") + ("__fish_seen_subcommand_from " + path[i]->name);
    const std::vector<std::string> subs = visible_commands(*path.back());
    const std::string unless = subs.empty() ? "" : "not __fish_seen_subcommand_from " + joined(subs);
    const std::string both = condition + (condition.empty() || unless.empty() ? "" : "; and ") + unless;
    for (const CommandSpec& sub : path.back()->subcommands)
      if (!sub.hidden)
        text += "complete -c racesim -n " + quoted(both) + " -a " + quoted(sub.name) + " -d " +
                quoted(sub.summary) + "\n";
    for (const OptionSpec& option : distinct_options(*path.back())) {
      if (option.hidden) continue;
      if (!option.positional)
        text += fish_option(option, condition);
      else if (const auto values = argument_words(path); !values.empty())
        text += "complete -c racesim -n " + quoted(condition) + " -a " + quoted(joined(values)) + "\n";
    }
  });
  return text;
}

}  // namespace racesim::cli
