#include "cli/terminal/progress.h"

#include <fmt/format.h>
#include <unistd.h>

namespace racesim::cli {
namespace {

constexpr double kLogEvery_s = 10;

}  // namespace

ProgressForm progress_form(When when, bool quiet, const Screen& out, const Screen& err,
                           bool events_on_stdout) {
  if (quiet || when == When::never) return ProgressForm::none;
  if (!err.redraws) return ProgressForm::log;
  if (when == When::always) return ProgressForm::line;
  return err.tty && !(out.tty && events_on_stdout) ? ProgressForm::line : ProgressForm::log;
}

std::vector<LogField> progress_fields(const RunStatus& status, const RecentRates& rates) {
  std::vector<LogField> fields;
  const auto count = [&](const char* name, std::uint64_t value) {
    fields.push_back({name, std::to_string(value), false});
  };
  const auto number = [&](const char* name, double value) {
    fields.push_back({name, fmt::format("{:.1f}", value), false});
  };
  count("sent", status.sent);
  count("acked", status.acked);
  count("failed", status.failed);
  count("in_flight", in_flight(status));
  number("rate", rates.now());
  if (status.plan_rate > 0) number("target_rate", status.plan_rate);
  if (status.send_lag.count > 0) number("lag_p99_ms", status.send_lag.p99_ms);
  if (status.already > 0) count("resumed_at", status.already);
  if (const Delay delay = delay_of(status); delay.seconds > 0) {
    count("behind_events", delay.events);
    number("behind_s", delay.seconds);
  }
  const std::string wait = wait_text(status, rates);
  if (!wait.empty()) fields.push_back({"held_up", wait});
  if (const double share = share_done(status); share >= 0) number("percent", 100 * share);
  if (const double left_s = seconds_left(status); left_s >= 0 && wait.empty()) number("eta_s", left_s);
  return fields;
}

bool is_stuck_at_start(const RunStatus& status, const RecentRates& rates) {
  return slowest_acked(status) == 0 && status.uptime_s < kLogEvery_s && !wait_text(status, rates).empty();
}

void Progress::tick(const RunStatus& status) {
  if (form_ == ProgressForm::none) return;
  rates_.note(slowest_acked(status), status.uptime_s);
  // Back to the left edge and clear: no line end, so the line stays where it is.
  if (form_ == ProgressForm::line) {
    if (const int columns = terminal_columns(STDERR_FILENO); columns > 0) screen_.line_columns = columns;
    write_stderr("\r\x1b[K" + progress_line(status, rates_, screen_));
    drawn_ = true;
    return;
  }
  const bool stuck = !told_of_start_ && is_stuck_at_start(status, rates_);
  if (status.uptime_s < next_log_s_ && !stuck) return;
  if (stuck)
    told_of_start_ = true;
  else
    next_log_s_ += kLogEvery_s;
  log(LogLevel::info, to_string(status.state), progress_fields(status, rates_));
}

void Progress::clear() {
  if (drawn_) write_stderr("\r\x1b[K");
  drawn_ = false;
}

}  // namespace racesim::cli
