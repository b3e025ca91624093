// What is shown of an ingest while it goes on.
#pragma once

#include "cli/terminal/progress.h"
#include "cli/terminal/progress_line.h"
#include "cli/terminal/terminal.h"
#include "run/ingest/ingest.h"

namespace racesim::cli {

/// A line on the terminal, or a log line now and then; one thread.
class IngestProgress {
 public:
  IngestProgress(ProgressForm form, const Screen& screen) : form_(form), screen_(screen) {}
  void tick(const IngestStatus& status);
  /// Takes the line away.
  void clear();

 private:
  static constexpr double kLogEvery_s = 10;
  const ProgressForm form_;
  Screen screen_;
  RecentRates rates_;
  double next_log_s_ = kLogEvery_s;
  bool drawn_ = false;
};

}  // namespace racesim::cli
