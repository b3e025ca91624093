// What is seen of a run while it goes on: a line on the terminal, or a log line now and then.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "cli/terminal/terminal.h"
#include "run/generate/run.h"

namespace racesim::cli {

enum class ProgressForm : std::uint8_t { none, line, log };

/// `auto` is a line if stderr is a terminal and stdout is not a terminal that carries events; what is not a
/// line is a log.
ProgressForm progress_form(When when, bool quiet, const Screen& out, const Screen& err,
                           bool events_on_stdout);

/// One character per value, as high as the value against the largest; empty without any.
std::string sparkline(const std::deque<double>& values, bool utf8);

/// "00:12 ▂▅▇▇▇ 2,000/s  sent 24,000 …", cut to the screen's width. `rates`: the latest rates, oldest first.
std::string progress_line(const RunStatus& status, const std::deque<double>& rates, const Screen& screen);

/// Draws; one thread. Reads only what Run::status() gives, so it costs the hot path nothing.
class Progress {
 public:
  static constexpr std::int64_t kTick_ns = 200'000'000;  ///< how often tick() is to be called

  Progress(ProgressForm form, const Screen& screen) : form_(form), screen_(screen) {}
  void tick(const RunStatus& status);
  /// Removes the line, so that other messages start at the left.
  void clear();

 private:
  ProgressForm form_;
  Screen screen_;
  std::deque<double> rates_;
  std::uint64_t last_acked_ = 0;
  double last_uptime_s_ = 0;
  double next_log_s_ = 10;
  bool drawn_ = false;
};

}  // namespace racesim::cli
