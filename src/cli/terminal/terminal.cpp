#include "cli/terminal/terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>

#include "base/visible.h"

namespace racesim::cli {
namespace {

std::string lookup(const Environment& environment, const char* name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

/// See no-color.org for NO_COLOR; an empty variable counts as not set.
bool wants_color(bool tty, When when, const Environment& environment) {
  if (when != When::automatic) return when == When::always;
  if (!lookup(environment, "NO_COLOR").empty()) return false;
  const std::string force = lookup(environment, "FORCE_COLOR");
  if (!force.empty()) return force != "0";
  return tty && lookup(environment, "TERM") != "dumb";
}

/// The first of the three that is set decides, as in setlocale().
bool utf8_locale(const Environment& environment) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string value = lookup(environment, name);
    if (value.empty()) continue;
    return value.find("UTF-8") != std::string::npos || value.find("utf8") != std::string::npos ||
           value.find("UTF8") != std::string::npos || value.find("utf-8") != std::string::npos;
  }
  return false;
}

/// Of the terminal, else as COLUMNS says, else 80.
int width_of(int fd, const Environment& environment) {
  int columns = terminal_columns(fd);
  if (columns == 0) {
    const std::string text = lookup(environment, "COLUMNS");
    std::from_chars(text.data(), text.data() + text.size(), columns);
  }
  return columns > 0 ? columns : 80;
}

}  // namespace

int terminal_columns(int fd) {
  winsize size{};
  return ::ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void prepare_streams() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  // open() takes the lowest free number: the closed stream itself.
  for (const int fd : {0, 1, 2})
    if (::fcntl(fd, F_GETFD) == -1 && errno == EBADF)
      (void)::open("/dev/null", fd == 2 ? O_WRONLY : O_RDONLY);
}

Screen inspect_screen(int fd, When when, const Environment& environment) {
  Screen screen;
  screen.tty = ::isatty(fd) == 1;
  screen.color = wants_color(screen.tty, when, environment);
  screen.utf8 = utf8_locale(environment);
  screen.redraws = lookup(environment, "TERM") != "dumb";
  screen.line_columns = width_of(fd, environment);
  // Wider is hard to read, narrower leaves no room for two columns.
  screen.columns = std::clamp(screen.line_columns, 60, 120);
  return screen;
}

// The default background may be light or dark: only colours that can be read on both.
std::string tinted(std::string_view text, Tint tint, const Screen& screen) {
  if (!screen.color || text.empty()) return std::string(text);
  const char* code = "1";
  switch (tint) {
    case Tint::bold:
      code = "1";
      break;
    case Tint::dim:
      code = "2";
      break;
    case Tint::red:
      code = "1;31";
      break;
    case Tint::green:
      code = "1;32";
      break;
    case Tint::yellow:
      code = "33";
      break;
    case Tint::cyan:
      code = "1;36";
      break;
  }
  return std::string("\x1b[") + code + "m" + std::string(text) + "\x1b[0m";
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (const char c : text) width += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return width;
}

std::string_view first_columns(std::string_view text, std::size_t columns) {
  std::size_t width = 0, i = 0;
  while (i < text.size()) {
    const bool starts = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
    if (starts && width++ == columns) break;
    ++i;
  }
  return text.substr(0, i);
}

Done write_stdout(std::string_view text) {
  const Done ok = write_rows(text);
  return !ok && ok.error().kind == ErrorKind::reader_gone ? Done() : ok;
}

Done write_rows(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      return fail(ErrorKind::reader_gone, "write stdout: its reader has gone");
    } else if (errno != EINTR) {
      return tl::make_unexpected(system_error("write stdout", errno));
    }
  }
  return {};
}

// One write() per piece of text, so that lines of several processes do not mix.
void write_stderr(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written > 0)
      text.remove_prefix(static_cast<std::size_t>(written));
    else if (written == 0 || errno != EINTR)
      return;
  }
}

std::string error_text(const Error& error, const Screen& screen) {
  std::string text = tinted("error:", Tint::red, screen) + " " + visible_text(error.what) + "\n";
  std::string_view rest = error.hint;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    text += "  ";
    text += visible_text(rest.substr(0, end));
    text += '\n';
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return text;
}

}  // namespace racesim::cli
