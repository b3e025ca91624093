// Completion scripts. Each is made from the option tree once, by `racesim completions SHELL`, and then needs
// no call of racesim while the user types.
#include <fmt/format.h>

#include <algorithm>

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

/// Where a command's name is expected, word by word: behind `racesim help`.
bool takes_command(const CommandSpec& command) {
  return std::any_of(command.options.begin(), command.options.end(), [](const OptionSpec& option) {
    return option.positional && option.complete == Complete::command;
  });
}

/// The commands of `root` without those that take a name themselves.
std::vector<std::string> commands_with_names(const CommandSpec& root) {
  std::vector<std::string> names;
  for (const CommandSpec& sub : root.subcommands)
    if (!sub.hidden && !takes_command(sub)) names.push_back(sub.name);
  return names;
}

/// Words that may stand where an argument is expected: commands, or the values of a positional.
std::vector<std::string> argument_words(const CommandPath& path) {
  std::vector<std::string> words = visible_commands(*path.back());
  for (const OptionSpec& option : path.back()->options)
    if (option.positional) append(words, value_words(option));
  if (takes_command(*path.back())) append(words, visible_commands(*path.front()));
  return words;
}

bool takes_file(const CommandSpec& command) {
  return std::any_of(command.options.begin(), command.options.end(), [](const OptionSpec& option) {
    return option.positional && option.complete == Complete::file;
  });
}

/// The helper that offers a value, in bash and zsh; fish has the same ones with two underscores before.
const char* value_helper(const OptionSpec& option) {
  if (option.complete == Complete::file) return "_racesim_files";
  if (option.complete == Complete::directory) return "_racesim_folders";
  if (option.complete == Complete::target) return "_racesim_target";
  return option.list ? "_racesim_list" : "_racesim_words";
}

/// Text inside single quotes in sh, zsh and fish.
std::string shell_quoted(const std::string& text) {
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
  const std::vector<std::string> words = value_words(option);
  std::string action;
  if (!words.empty() || option.complete != Complete::nothing)
    action =
        zsh_text(fmt::format("{{{}{}{}}}", value_helper(option), words.empty() ? "" : " ", joined(words)));
  std::string spec =
      fmt::format("{}--{}[{}]", option.repeatable ? "*" : "", option.name, zsh_text(option.help));
  if (!option.metavar.empty()) spec += ":" + zsh_text(option.metavar) + ":" + action;
  std::string text = "      " + shell_quoted(spec) + " \\\n";
  if (option.letter != 0)
    text += "      " + shell_quoted(fmt::format("-{}[{}]", option.letter, zsh_text(option.help))) + " \\\n";
  return text;
}

/// What may stand where an argument is expected.
std::string zsh_argument(const CommandPath& path) {
  if (takes_command(*path.back())) return "{_racesim_command_names}";
  const std::vector<std::string> words = argument_words(path);
  if (takes_file(*path.back())) return zsh_text("{_racesim_files " + joined(words) + "}");
  return "(" + joined(words) + ")";
}

/// Offers the next word of a command's name, as behind `racesim help`.
std::string zsh_command_names(const CommandSpec& root) {
  std::string cases;
  for_each_command(root, [&](const CommandPath& path) {
    if (const auto names = visible_commands(*path.back()); !names.empty())
      cases += fmt::format("    {}) compadd -- {} ;;\n", shell_quoted(below_root(path)), joined(names));
  });
  return "_racesim_command_names() {\n  case \"${(j: :)words[2,CURRENT-1]}\" in\n" + cases + "  esac\n}\n";
}

/// The rest of a command's name behind a command that takes one, as in `racesim help config`.
std::string fish_command_names(const CommandSpec& root, const std::string& condition) {
  std::string text;
  for_each_command(root, [&](const CommandPath& path) {
    const auto names = visible_commands(*path.back());
    if (names.empty()) return;
    const std::string seen = path.size() == 1
                                 ? "not __fish_seen_subcommand_from " + joined(commands_with_names(root))
                                 : "__fish_seen_subcommand_from " + path.back()->name;
    text += "complete -c racesim -n " + shell_quoted(condition + "; and " + seen) + " -a " +
            shell_quoted(joined(names)) + "\n";
  });
  return text;
}

/// One line; fish asks `condition` each time the user presses Tab.
std::string fish_option(const OptionSpec& option, const std::string& condition) {
  std::string line = "complete -c racesim" + (condition.empty() ? "" : " -n " + shell_quoted(condition));
  if (option.letter != 0) line += fmt::format(" -s {}", option.letter);
  line += " -l " + option.name;
  const std::vector<std::string> words = value_words(option);
  const bool paths = option.complete == Complete::file || option.complete == Complete::directory;
  if (!option.metavar.empty()) line += paths ? " -r -F" : " -x";
  if (option.list || option.complete == Complete::target)
    line += " -a " + shell_quoted(fmt::format("(_{} {})", value_helper(option), joined(words)));
  else if (!words.empty())
    line += " -a " + shell_quoted(joined(words));
  return line + " -d " + shell_quoted(option.help) + "\n";
}

/// "racesim config show" → "_racesim_config_show".
std::string function_name(const CommandPath& path) {
  std::string name = "_" + full_name(path);
  for (char& c : name)
    if (c == ' ' || c == '-') c = '_';
  return name;
}

/// Each is the inside of a case statement.
struct BashTables {
  std::string known;        ///< which words are commands
  std::string takes_value;  ///< which options swallow the next word
  std::string values;       ///< what a value may be
  std::string words;        ///< what may stand at a place
};

BashTables bash_tables(const CommandSpec& root) {
  BashTables t;
  for_each_command(root, [&](const CommandPath& path) {
    const std::string place = below_root(path);
    if (!place.empty()) t.known += (t.known.empty() ? "" : "|") + shell_quoted(place);
    std::vector<std::string> options;
    for (const OptionSpec& option : visible_options(path)) options.push_back("--" + option.name);
    t.words += fmt::format("    {}) words='{}'; options='{}'; helper={} ;;\n", shell_quoted(place),
                           joined(argument_words(path)), joined(options),
                           takes_file(*path.back()) ? "_racesim_files" : "_racesim_words");
    if (takes_command(*path.back()))
      for_each_command(root, [&](const CommandPath& named) {
        if (named.size() < 2) return;
        t.known += "|" + shell_quoted(place + " " + below_root(named));
        t.words += fmt::format("    {}) words='{}'; options='{}'; helper=_racesim_words ;;\n",
                               shell_quoted(place + " " + below_root(named)),
                               joined(visible_commands(*named.back())), joined(options));
      });
    for (const OptionSpec& option : distinct_options(*path.back())) {
      if (option.positional || option.hidden || option.metavar.empty()) continue;
      t.takes_value += (t.takes_value.empty() ? "" : "|") + ("--" + option.name);
      // The globals are known behind every command.
      const std::string pattern = place.empty() ? "*" : "'" + place + "'";
      t.values += fmt::format("    {}':--{}') {} '{}'; return ;;\n", pattern, option.name,
                              value_helper(option), joined(value_words(option)));
    }
  });
  return t;
}

/// With the tables in the order: options with a value, commands, values, words.
constexpr char kBashScript[] = R"(# bash completion of racesim, written by: racesim completions bash
# Use it: racesim completions bash > ~/.local/share/bash-completion/completions/racesim
_racesim_words() {{ COMPREPLY=($(compgen -W "$1" -- "$cur")); }}
_racesim_files() {{ compopt -o filenames; COMPREPLY=($(compgen -W "$1" -- "$cur") $(compgen -f -- "$cur")); }}
_racesim_folders() {{ compopt -o filenames; COMPREPLY=($(compgen -d -- "$cur")); }}
_racesim_list() {{
  local done=''
  if [[ $cur == *,* ]]; then done=${{cur%,*}},; fi
  compopt -o nospace
  COMPREPLY=($(compgen -P "$done" -W "$1" -- "${{cur##*,}}"))
}}
_racesim_target() {{
  if ((path)); then
    compopt -o filenames
    COMPREPLY=($(compgen -f -- "$cur"))
  elif [[ $cur == file:* ]]; then
    compopt -o nospace
    COMPREPLY=($(compgen -P file: -f -- "${{cur#file:}}"))
  else
    COMPREPLY=($(compgen -W "$1" -- "$cur"))
    if [[ ${{COMPREPLY[*]}} == *: ]]; then compopt -o nospace; fi
  fi
}}
_racesim() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} at=$((COMP_CWORD - 1)) path=0
  local place='' previous word words='' options='' helper='' skip=0 i
  COMPREPLY=()
  # "--name=value" and "file:path" arrive as three words; `at` is the one before the value.
  if [[ $cur == [=:] ]]; then at=$COMP_CWORD; cur=''; fi
  if [[ ${{COMP_WORDS[at]}} == ':' ]]; then path=1; at=$((at > 2 ? at - 2 : 0)); fi
  if [[ ${{COMP_WORDS[at]}} == '=' ]]; then at=$((at - 1)); fi
  previous=${{COMP_WORDS[at]}}
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${{COMP_WORDS[i]}}
    if ((skip)); then skip=0; continue; fi
    case $word in
      {}) skip=1; continue ;;
      -*|=|:) continue ;;
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
    _racesim_words "$options"
  else
    "$helper" "$words"
  fi
}}
complete -F _racesim racesim
)";

}  // namespace

std::string bash_completion(const CommandSpec& root) {
  const BashTables t = bash_tables(root);
  return fmt::format(kBashScript, t.takes_value, t.known, t.values, t.words);
}

std::string zsh_completion(const CommandSpec& root) {
  std::string text =
      "#compdef racesim\n# zsh completion of racesim, written by: racesim completions zsh\n"
      "# Use it: racesim completions zsh > a folder of $fpath, as _racesim\n"
      "\n_racesim_words() { compadd -- \"$@\" }\n"
      "_racesim_files() { (( $# )) && compadd -- \"$@\"; _files }\n"
      "_racesim_folders() { _files -/ }\n"
      "_racesim_list() { compset -P '*,'; compadd -S '' -- \"$@\" }\n"
      "_racesim_target() {\n  if compset -P 'file:'; then _files; return; fi\n"
      "  compadd -- ${@:#*:}\n  compadd -S '' -- ${(M)@:#*:}\n}\n" +
      zsh_command_names(root);
  for_each_command(root, [&](const CommandPath& path) {
    text += "\n" + function_name(path) + "() {\n  local line state\n  _arguments -C \\\n";
    for (const OptionSpec& option : visible_options(path)) text += zsh_option(option);
    if (!path.back()->subcommands.empty()) {
      text +=
          "      '1: :->command' '*::argument:->rest'\n  case $state in\n    command)\n      local -a "
          "commands=(\n";
      for (const CommandSpec& sub : path.back()->subcommands)
        if (!sub.hidden) text += "        " + shell_quoted(sub.name + ":" + zsh_text(sub.summary)) + "\n";
      text += "      )\n      _describe command commands ;;\n    rest)\n      case $line[1] in\n";
      for (const CommandSpec& sub : path.back()->subcommands) {
        if (sub.hidden) continue;
        CommandPath below = path;
        below.push_back(&sub);
        text += "        " + sub.name + ") " + function_name(below) + " ;;\n";
      }
      text += "      esac ;;\n  esac\n";
    } else {
      text += "      " + shell_quoted("*:argument:" + zsh_argument(path)) + "\n";
    }
    text += "}\n";
  });
  return text + "\n_racesim \"$@\"\n";
}

std::string fish_completion(const CommandSpec& root) {
  std::string text =
      "# fish completion of racesim, written by: racesim completions fish\n"
      "# Use it: racesim completions fish > ~/.config/fish/completions/racesim.fish\n"
      "complete -c racesim -f\n"
      "function __racesim_list\n"
      "  set -l done (commandline -ct | string replace -r '^--[^=]*=' '' | string replace -r '[^,]*$' '')\n"
      "  for word in $argv\n    echo $done$word\n  end\nend\n"
      "function __racesim_target\n"
      "  set -l typed (commandline -ct | string replace -r '^--[^=]*=' '')\n"
      "  if string match -q 'file:*' -- $typed\n"
      "    __fish_complete_path (string replace file: '' -- $typed) | string replace -r '^' file:\n"
      "  else\n    printf '%s\\n' $argv\n  end\nend\n";
  for_each_command(root, [&](const CommandPath& path) {
    std::string condition;
    for (std::size_t i = 1; i < path.size(); ++i)
      condition += (i > 1 ? "; and " : "") + ("__fish_seen_subcommand_from " + path[i]->name);
    const std::vector<std::string> subs = visible_commands(*path.back());
    const std::string unless = subs.empty() ? "" : "not __fish_seen_subcommand_from " + joined(subs);
    const std::string both = condition + (condition.empty() || unless.empty() ? "" : "; and ") + unless;
    for (const CommandSpec& sub : path.back()->subcommands)
      if (!sub.hidden)
        text += "complete -c racesim -n " + shell_quoted(both) + " -a " + shell_quoted(sub.name) + " -d " +
                shell_quoted(sub.summary) + "\n";
    for (const OptionSpec& option : distinct_options(*path.back())) {
      if (option.hidden) continue;
      if (!option.positional)
        text += fish_option(option, condition);
      else if (option.complete == Complete::command)
        text += fish_command_names(root, condition);
      else if (const auto values = argument_words(path); !values.empty() || takes_file(*path.back()))
        text += "complete -c racesim -n " + shell_quoted(condition) +
                (takes_file(*path.back()) ? " -F" : "") +
                (values.empty() ? "" : " -a " + shell_quoted(joined(values))) + "\n";
    }
  });
  return text;
}

}  // namespace racesim::cli
