#include "cli/commands/verify_screen.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "base/quantity.h"

namespace racesim::cli {
namespace {

constexpr std::size_t kFurtherIn = 4;  ///< columns

std::string minutes_text(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::max(seconds, 0.0));
  return fmt::format("{:02}:{:02}", whole / 60, whole % 60);
}

std::uint64_t rate_of(std::uint64_t events, double seconds) {
  return seconds > 0 ? static_cast<std::uint64_t>(static_cast<double>(events) / seconds) : 0;
}

/// Where to break a line that is too wide: at the last space that fits, behind the indentation; else nowhere.
std::size_t break_at(const std::string& line, std::size_t columns) {
  const std::size_t text = line.find_first_not_of(' ');
  std::size_t best = std::string::npos, width = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(line[i]) & 0xC0U) != 0x80U;
    if (begins && ++width > columns + 1) break;
    if (line[i] == ' ' && i > text && i + 1 < line.size()) best = i;
  }
  return best;
}

}  // namespace

std::string verify_line(double seconds, std::uint64_t lines, std::optional<std::uint64_t> expected,
                        const Screen& screen) {
  std::string text = fmt::format("{}  {} ", minutes_text(seconds), format_count(lines));
  if (expected && *expected > 0)
    text += fmt::format("of {} events  {}%", format_count(*expected),
                        std::min<std::uint64_t>(100, 100 * lines / *expected));
  else
    text += "events";
  const std::string rate = fmt::format("  {}/s", format_count(rate_of(lines, seconds)));
  const auto columns = static_cast<std::size_t>(std::max(screen.columns, 1));
  if (text.size() + rate.size() < columns) text += rate;
  return text.substr(0, columns - 1);
}

std::string broken_to(const std::string& text, std::size_t columns) {
  std::string out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size()) + kFurtherIn;
    while (display_width(line) > columns) {
      const std::size_t at = break_at(line, columns);
      if (at == std::string::npos) break;
      out += line.substr(0, line.find_last_not_of(' ', at) + 1) + "\n";
      line = std::string(indent, ' ') + line.substr(std::min(line.find_first_not_of(' ', at), line.size()));
    }
    out += line + "\n";
    begin = end + 1;
  }
  return out;
}

std::string shown_report(const VerifyReport& report, const Screen& screen) {
  std::string text = report_text(report);
  if (!screen.tty) return text;
  const std::size_t head = text.find('\n') + 1;
  const std::uint64_t found = report.result.findings.found;
  text.insert(head, fmt::format("  {} in {:.1f} s, {} events/s\n", name_of(report.comparison), report.seconds,
                                format_count(rate_of(found, report.seconds))));
  text = broken_to(text, static_cast<std::size_t>(std::max(screen.columns, 20)));
  const std::string_view verdict = report.good() ? "VERIFIED" : "FAILED";
  return tinted(verdict, report.good() ? Tint::green : Tint::red, screen) + text.substr(verdict.size());
}

VerifyLine::VerifyLine(ProgressForm form, const Screen& screen)
    : form_(form),
      screen_(screen),
      begin_ns_(system_clock().now_ns()),
      next_ns_(begin_ns_ + Progress::kTick_ns) {}

VerifyLine::~VerifyLine() {
  if (drawn_) write_stderr("\r\x1b[K");
}

void VerifyLine::tell(std::uint64_t lines, std::optional<std::uint64_t> expected) {
  if (form_ != ProgressForm::line) return;
  const std::int64_t now_ns = system_clock().now_ns();
  if (now_ns < next_ns_) return;
  next_ns_ = now_ns + Progress::kTick_ns;
  drawn_ = true;
  write_stderr("\r" + verify_line(static_cast<double>(now_ns - begin_ns_) / 1e9, lines, expected, screen_) +
               "\x1b[K");
}

}  // namespace racesim::cli
