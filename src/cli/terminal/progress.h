// What is seen of a run while it goes on: a line on the terminal, or a log line now and then.
#pragma once

#include <cstdint>
#include <vector>

#include "cli/terminal/log.h"
#include "cli/terminal/progress_line.h"
#include "cli/terminal/terminal.h"
#include "run/generate/status.h"

namespace racesim::cli {

enum class ProgressForm : std::uint8_t { none, line, log };

/// `auto` is a line if stderr is a terminal and stdout is not a terminal that carries events; what is not a
/// line is a log. There is no line where the screen cannot draw over one.
ProgressForm progress_form(When when, bool quiet, const Screen& out, const Screen& err,
                           bool events_on_stdout);

/// What the line shows, as the fields of a log line.
std::vector<LogField> progress_fields(const RunStatus& status, const RecentRates& rates);

/// Whether a run has come to nothing yet and waits: a receiver that is not there is told soon.
bool is_stuck_at_start(const RunStatus& status, const RecentRates& rates);

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
  RecentRates rates_;
  double next_log_s_ = 10;
  bool told_of_start_ = false;
  bool drawn_ = false;
};

}  // namespace racesim::cli
