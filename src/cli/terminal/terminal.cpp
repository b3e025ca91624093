#include "cli/terminal/terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>

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

/// Wider than kMax is hard to read, narrower than kMin leaves no room for two columns.
int width_of(int fd, bool tty, const Environment& environment) {
  constexpr int kMin = 60, kMax = 120;
  int columns = 0;
  winsize size{};
  if (tty && ::ioctl(fd, TIOCGWINSZ, &size) == 0) columns = size.ws_col;
  if (columns == 0) {
    const std::string text = lookup(environment, "COLUMNS");
    std::from_chars(text.data(), text.data() + text.size(), columns);
  }
  if (columns <= 0) return 80;
  return columns < kMin ? kMin : (columns > kMax ? kMax : columns);
}

}  // namespace

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
  screen.columns = width_of(fd, screen.tty, environment);
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

Done write_stdout(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      return {};
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
  std::string text = tinted("error:", Tint::red, screen) + " " + error.what + "\n";
  std::string_view rest = error.hint;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    text += "  ";
    text += rest.substr(0, end);
    text += '\n';
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return text;
}

}  // namespace racesim::cli
