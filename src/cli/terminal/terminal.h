// The standard streams: what they are, and writing to them.
#pragma once

#include <string>
#include <string_view>

#include "cli/config_file.h"

namespace racesim::cli {

enum class When : std::uint8_t { automatic, always, never };

/// One standard stream as output for people.
struct Screen {
  bool tty = false;
  bool color = false;
  bool utf8 = false;  ///< box and block characters may be used
  int columns = 80;   ///< width to fill with text: the terminal's, within what reads well
  /// Whether a line can be drawn over: not where TERM=dumb says that escape sequences are not understood.
  bool redraws = true;
  int line_columns = 80;  ///< what a line that is drawn over may take at most: the terminal's width
};

/// Opens /dev/null in place of standard streams that are closed, so that no file takes their number: a write
/// to a closed stdout still fails, one to a closed stderr vanishes. Ignores SIGPIPE and SIGXFSZ,
/// which then come back as errors of write(). Once, first of all.
void prepare_streams();

/// What `fd` (1 or 2) is. Colour: `when`, then NO_COLOR, FORCE_COLOR, TERM=dumb, then whether it is a TTY.
Screen inspect_screen(int fd, When when, const Environment& environment);

/// The width of the terminal behind `fd` at this moment; 0 if there is none.
int terminal_columns(int fd);

/// Text in bold, red … where the screen has colour. Used for help, messages and the progress line.
enum class Tint : std::uint8_t { bold, dim, red, green, yellow, cyan };
std::string tinted(std::string_view text, Tint tint, const Screen& screen);

/// Number of columns that UTF-8 text without escape sequences takes (one per code point).
std::size_t display_width(std::string_view text);
/// The first `columns` columns of such text.
std::string_view first_columns(std::string_view text, std::size_t columns);

/// Writes all of `text` to stdout. A reader that went away (EPIPE) is success: `| head` ends quietly.
Done write_stdout(std::string_view text);
/// The same, but a reader that went away is an error of kind reader_gone: for who could write on and on.
Done write_rows(std::string_view text);
/// Writes to stderr; failures are ignored, as there is nowhere to report them.
void write_stderr(std::string_view text);

/// "error: what" with the hint indented below.
std::string error_text(const Error& error, const Screen& screen);

}  // namespace racesim::cli
