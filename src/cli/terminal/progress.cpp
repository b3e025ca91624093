#include "cli/terminal/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/quantity.h"
#include "cli/terminal/log.h"

namespace racesim::cli {
namespace {

// A second of history at five ticks a second.
constexpr std::size_t kSparks = 5;
constexpr double kLogEvery_s = 10;

/// 75 → "01:15", 3675 → "1:01:15".
std::string clock_text(double seconds) {
  const auto s = static_cast<std::uint64_t>(std::clamp(seconds, 0.0, 3.6e9));
  if (s < 3600) return fmt::format("{:02}:{:02}", s / 60, s % 60);
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

/// The first `columns` columns of UTF-8 text.
std::string cut(const std::string& text, std::size_t columns) {
  std::size_t width = 0, i = 0;
  while (i < text.size()) {
    const bool starts = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
    if (starts && width++ == columns) break;
    ++i;
  }
  return text.substr(0, i);
}

/// The counters are read one after the other while the run goes on, so they may be ahead of each other.
std::uint64_t in_flight(const RunStatus& status) {
  const std::uint64_t closed = status.acked + status.failed;
  return status.sent > closed ? status.sent - closed : 0;
}

/// Of the sink that has done least: the one that the others are to wait for.
struct Slowest {
  std::uint64_t acked = 0, settled = 0;
};
Slowest slowest(const RunStatus& status) {
  Slowest least{status.acked, status.acked + status.failed};
  for (const SinkStatus& sink : status.sinks) {
    least.acked = std::min(least.acked, sink.acked);
    least.settled = std::min(least.settled, sink.acked + sink.failed);
  }
  return least;
}

}  // namespace

ProgressForm progress_form(When when, bool quiet, const Screen& out, const Screen& err,
                           bool events_on_stdout) {
  if (quiet || when == When::never) return ProgressForm::none;
  if (when == When::always) return ProgressForm::line;
  return err.tty && !(out.tty && events_on_stdout) ? ProgressForm::line : ProgressForm::log;
}

std::string sparkline(const std::deque<double>& values, bool utf8) {
  constexpr std::array<const char*, 8> kBlocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  constexpr std::array<const char*, 8> kPlain{"_", ".", ",", "-", "=", "+", "*", "#"};
  double top = 0;
  for (const double value : values) top = std::max(top, value);
  std::string text;
  for (const double value : values) {
    const auto step = top > 0 ? static_cast<std::size_t>(std::clamp(value / top * 7.999, 0.0, 7.0)) : 0;
    text += utf8 ? kBlocks.at(step) : kPlain.at(step);
  }
  return text;
}

std::string progress_line(const RunStatus& status, const std::deque<double>& rates, const Screen& screen) {
  // Of now, not the mean: the mean hides a stall.
  const double rate = rates.empty() ? status.got_rate : rates.back();
  std::string line = fmt::format(
      "{} {} {}/s  sent {}  acked {}  in flight {}  err {}", clock_text(status.uptime_s),
      sparkline(rates, screen.utf8), format_number(rate, rate < 10 ? 1 : 0), format_count(status.sent),
      format_count(status.acked), format_count(in_flight(status)), format_count(status.failed));
  if (status.send_lag.count > 0)
    line += fmt::format("  lag {} ms",
                        format_number(status.send_lag.p99_ms, status.send_lag.p99_ms < 10 ? 1 : 0));
  if (status.state == RunState::draining) line += "  draining";
  if (status.planned > 0) {
    const double share =
        static_cast<double>(status.shed + slowest(status).settled) / static_cast<double>(status.planned);
    line += fmt::format("  {:.0f}%", std::min(100.0, 100 * share));
    if (share > 0 && share < 1 && status.uptime_s > 1)
      line += " eta " + clock_text(status.uptime_s / share - status.uptime_s);
  }
  return cut(line, static_cast<std::size_t>(screen.columns) - 1);
}

void Progress::tick(const RunStatus& status) {
  if (form_ == ProgressForm::none) return;
  if (status.uptime_s > last_uptime_s_) {
    const std::uint64_t acked = slowest(status).acked;
    const double events = static_cast<double>(acked - std::min(last_acked_, acked));
    rates_.push_back(events / (status.uptime_s - last_uptime_s_));
    if (rates_.size() > kSparks) rates_.pop_front();
    last_acked_ = acked;
    last_uptime_s_ = status.uptime_s;
  }
  // Back to the left edge and clear: no line end, so the line stays where it is.
  if (form_ == ProgressForm::line) {
    write_stderr("\r\x1b[K" + progress_line(status, rates_, screen_));
    drawn_ = true;
    return;
  }
  if (status.uptime_s < next_log_s_) return;
  next_log_s_ += kLogEvery_s;
  const auto number = [](const char* name, const std::string& value) { return LogField{name, value, false}; };
  log(LogLevel::info, to_string(status.state),
      {number("sent", std::to_string(status.sent)), number("acked", std::to_string(status.acked)),
       number("failed", std::to_string(status.failed)),
       number("in_flight", std::to_string(in_flight(status))),
       number("rate", fmt::format("{:.1f}", status.got_rate)),
       number("lag_p99_ms", fmt::format("{:.1f}", status.send_lag.p99_ms))});
}

void Progress::clear() {
  if (drawn_) write_stderr("\r\x1b[K");
  drawn_ = false;
}

}  // namespace racesim::cli
