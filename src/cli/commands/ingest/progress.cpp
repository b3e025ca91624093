#include "cli/commands/ingest/progress.h"

#include <unistd.h>

#include "cli/commands/ingest/report.h"
#include "cli/terminal/log.h"

namespace racesim::cli {

void IngestProgress::tick(const IngestStatus& status) {
  rates_.note(status.counts.consumed, status.uptime_s);
  if (form_ == ProgressForm::line) {
    if (const int columns = terminal_columns(STDERR_FILENO); columns > 0) screen_.line_columns = columns;
    write_stderr("\r\x1b[K" + ingest_line(status, rates_, screen_));
    drawn_ = true;
  } else if (form_ == ProgressForm::log && status.uptime_s >= next_log_s_) {
    next_log_s_ += kLogEvery_s;
    log(LogLevel::info, status.stopping ? "ending" : "running", ingest_fields(status, rates_.now()));
  }
}

void IngestProgress::clear() {
  if (drawn_) write_stderr("\r\x1b[K");
  drawn_ = false;
}

}  // namespace racesim::cli
