#include "cli/docs/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "cli/exit_codes.h"

namespace racesim::cli {
namespace {

/// One option, command or example: what it is, and what it does; the note is shown dim behind it.
struct Row {
  std::string left;
  std::string right;
  std::string note;
};

struct Section {
  std::string title;
  std::vector<Row> rows;
};

// A longer name stands on a line of its own, so that it does not squeeze all the texts.
constexpr std::size_t kLeftMax = 34;

/// Breaks words into lines of at most `width` columns; words of `note` are dim.
std::vector<std::string> wrapped(const std::string& text, const std::string& note, std::size_t width,
                                 const Screen& screen) {
  std::vector<std::string> lines(1);
  std::size_t used = 0;
  const auto add = [&](const std::string& words, bool dim) {
    std::istringstream stream(words);
    for (std::string word; stream >> word;) {
      const std::size_t size = display_width(word);
      if (used > 0 && used + 1 + size > width) {
        lines.emplace_back();
        used = 0;
      }
      if (used > 0) lines.back() += ' ';
      used += size + (used > 0 ? 1 : 0);
      lines.back() += dim ? tinted(word, Tint::dim, screen) : word;
    }
  };
  add(text, false);
  add(note, true);
  return lines;
}

/// Columns that `line` takes on the screen: escape sequences take none.
std::size_t visible_width(const std::string& line) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\x1b')
      i = line.find('m', i);
    else if ((static_cast<unsigned char>(line[i]) & 0xC0U) != 0x80U)
      ++width;
  }
  return width;
}

/// `piece` may be several bytes long.
std::string repeated(const char* piece, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += piece;
  return text;
}

/// A frame with the title in its upper edge, as wide as the screen.
std::string in_box(const std::string& title, const std::vector<std::string>& lines, const Screen& screen) {
  const std::size_t inner = static_cast<std::size_t>(screen.columns) - 4;
  const auto dim = [&](const std::string& text) { return tinted(text, Tint::dim, screen); };
  const std::size_t rule = inner + 1 - display_width(title) - 2;
  std::string box =
      dim("╭─ ") + tinted(title, Tint::bold, screen) + dim(" " + repeated("─", rule) + "╮") + "\n";
  for (const std::string& line : lines) {
    const std::size_t width = visible_width(line);
    box +=
        dim("│") + " " + line + std::string(width < inner ? inner - width : 0, ' ') + " " + dim("│") + "\n";
  }
  return box + dim("╰" + repeated("─", inner + 2) + "╯") + "\n";
}

/// Two columns; boxes only where colour is wanted too, so that a pipe gets text that is easy to cut up.
std::string render(const Section& section, const Screen& screen) {
  std::size_t left = 0;
  for (const Row& row : section.rows)
    if (display_width(row.left) <= kLeftMax) left = std::max(left, display_width(row.left));
  // The frame, or the indent, takes four columns.
  const std::size_t width = static_cast<std::size_t>(screen.columns) - 4;
  std::vector<std::string> lines;
  for (const Row& row : section.rows) {
    const std::size_t size = display_width(row.left);
    std::string line = tinted(row.left, Tint::cyan, screen);
    if (size > left) {
      lines.push_back(line);
      line = std::string(left, ' ');
    } else {
      line += std::string(left - size, ' ');
    }
    for (const std::string& text : wrapped(row.right, row.note, width - left - 2, screen)) {
      lines.push_back(line + "  " + text);
      line = std::string(left, ' ');
    }
  }
  if (screen.utf8 && screen.color) return in_box(section.title, lines, screen);
  std::string block = tinted(section.title, Tint::bold, screen) + "\n";
  for (const std::string& line : lines) block += "  " + line + "\n";
  return block + "\n";
}

/// Names without a letter are indented by its width, so that all "--" stand below one another. The brief help
/// leaves out the variables: their names follow from the options'.
Row option_row(const OptionSpec& option, HelpLength length) {
  Row row;
  if (option.positional)
    row.left = option.metavar;
  else
    row.left = (option.letter != 0 ? fmt::format("-{}, ", option.letter) : "    ") + "--" + option.name;
  const std::string form = value_form(option);
  if (!option.positional && !form.empty()) row.left += " " + form;
  row.right = option.help;
  std::vector<std::string> notes;
  if (!option.choices.empty() && form == option.metavar)
    notes.push_back(fmt::format("one of {}", fmt::join(option.choices, ", ")));
  if (const std::string text = default_text(option); !text.empty()) notes.push_back(text);
  if (option.repeatable && !option.positional) notes.push_back("repeatable");
  const std::string variable = environment_name(option);
  if (length != HelpLength::brief && !variable.empty()) notes.push_back(variable);
  if (!option.alias_variable.empty()) notes.push_back(option.alias_variable);
  if (!notes.empty()) row.note = fmt::format("[{}]", fmt::join(notes, "; "));
  return row;
}

/// Whether the help of that length has the option.
bool is_shown(const OptionSpec& option, const CommandSpec& command, HelpLength length) {
  if (option.hidden) return length == HelpLength::everything;
  if (length != HelpLength::brief || option.common || option.positional) return true;
  return std::none_of(command.options.begin(), command.options.end(),
                      [](const OptionSpec& other) { return other.common; });
}

/// The groups in the order in which the options name them; those of the root last.
std::vector<Section> option_sections(const CommandPath& path, HelpLength length) {
  std::vector<Section> sections;
  const auto section_of = [&](const std::string& title) -> Section& {
    for (Section& section : sections)
      if (section.title == title) return section;
    sections.push_back({title, {}});
    return sections.back();
  };
  for (auto command = path.rbegin(); command != path.rend(); ++command)
    for (const OptionSpec& option : (*command)->options)
      if (is_shown(option, **command, length))
        section_of(option.positional ? "Arguments" : option.group).rows.push_back(option_row(option, length));
  return sections;
}

/// Keeps the line breaks of the text and adds those that the screen needs.
std::string paragraphs(const std::string& text, const Screen& screen) {
  std::string block;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    for (const std::string& piece : wrapped(line, "", static_cast<std::size_t>(screen.columns) - 1, screen))
      block += piece + "\n";
  }
  return block;
}

/// Not wrapped: a command that is to be copied must stay on one line.
std::string examples(const CommandSpec& command, const Screen& screen) {
  if (command.examples.empty()) return {};
  std::string block = tinted("Examples", Tint::bold, screen) + "\n";
  for (const Example& example : command.examples)
    block += "  " + tinted("# " + example.text, Tint::dim, screen) + "\n  " + example.command + "\n";
  return block + "\n";
}

}  // namespace

std::string value_form(const OptionSpec& option) {
  if (option.metavar.empty() || option.choices.empty()) return option.metavar;
  const std::string joined = fmt::format("{}", fmt::join(option.choices, "|"));
  // Short choices stand in for the metavar; long ones are listed in the note.
  return joined.size() <= 20 ? joined : option.metavar;
}

std::string default_text(const OptionSpec& option) {
  if (!option.default_note.empty()) return "default " + option.default_note;
  // A note says more than a value where both exist.
  return option.default_value.empty() ? "" : "default " + option.default_value;
}

std::string usage_tail(const CommandPath& path) {
  std::string tail = "[OPTIONS]";
  for (const OptionSpec& option : path.back()->options) {
    if (!option.positional) continue;
    const std::string name = option.metavar + (option.repeatable ? "..." : "");
    const bool optional = !option.default_note.empty() || !option.default_value.empty();
    tail += optional ? " [" + name + "]" : " " + name;
  }
  if (!path.back()->subcommands.empty()) tail += " COMMAND";
  return tail;
}

namespace {

/// `globals` is false below --help-all, where they are shown once.
std::string one_command(const CommandPath& path, const Screen& screen, HelpLength length, bool globals) {
  const CommandSpec& command = *path.back();
  std::string text =
      tinted("Usage:", Tint::bold, screen) + " " + full_name(path) + " " + usage_tail(path) + "\n\n";
  text += paragraphs(command.summary + ".", screen) + "\n";
  if (!command.details.empty() && length != HelpLength::brief)
    text += paragraphs(command.details, screen) + "\n";
  text += examples(command, screen);
  Section commands{"Commands", {}};
  for (const CommandSpec& sub : command.subcommands)
    if (!sub.hidden) commands.rows.push_back({sub.name, sub.summary, ""});
  if (!commands.rows.empty()) text += render(commands, screen);
  const CommandPath option_path = globals ? path : CommandPath(path.begin() + 1, path.end());
  for (const Section& section : option_sections(option_path, length)) text += render(section, screen);
  return text;
}

void append_commands(const CommandPath& path, const Screen& screen, std::string& text) {
  for (const CommandSpec& sub : path.back()->subcommands) {
    if (sub.hidden) continue;
    CommandPath below = path;
    below.push_back(&sub);
    text += "\n" + one_command(below, screen, HelpLength::everything, false);
    append_commands(below, screen, text);
  }
}

}  // namespace

std::string help_text(const CommandPath& path, const Screen& screen, HelpLength length) {
  std::string text = one_command(path, screen, length, true);
  if (length == HelpLength::brief) return text + "All options: " + full_name(path) + " --help\n";
  if (length == HelpLength::everything) append_commands(path, screen, text);
  Section codes{"Exit codes", {}};
  for (const ExitCodeText& code : kExitCodeTexts) codes.rows.push_back({code.code, code.meaning, ""});
  return text + render(codes, screen);
}

}  // namespace racesim::cli
