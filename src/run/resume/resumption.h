// Resumption: the part of a run that lets another process go on with it after this one died: checkpoints
// while it runs, and the way back from one. Without --checkpoint a run has none. docs/recovery-and-resume.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "io/dead_letter.h"
#include "io/sink.h"
#include "run/content.h"
#include "run/record/checkpoint.h"
#include "run/resume/already_there.h"
#include "run/resume/checkpointer.h"
#include "run/resume/progress_log.h"

namespace racesim {

/// Refuses (usage) the checkpoint of another run or of other sinks. Opens no sink. Errors also those of
/// open_content() and Recording::open().
Done check_is_of_run(const Checkpoint& known, RunConfig config, Clock& clock);

/// Of a run that has ended: for each file that does not hold what the checkpoint remembers, what was found.
/// None: the cluster of a kafka sink has to be asked, which only a run that goes on does.
std::optional<std::vector<std::string>> changed_files(const Checkpoint& known, const RunConfig& config);

/// Called in this order by one thread: open, check, add_sink and resume for each sink, start, finish.
class Resumption {
 public:
  using FeedAt = std::function<std::unique_ptr<EventFeed>(FeedPlace place)>;

  /// Reads the checkpoint, if there is one to go on from, and gives the run the window that it had. Errors:
  /// usage, for a checkpoint that is not to be gone on with, or for sinks that cannot be.
  static Result<std::unique_ptr<Resumption>> open(RunConfig& config);

  /// `record`: of the run that was opened. Refuses (usage) the checkpoint of another run, or of other sinks.
  Done check(const RunConfig& config, RunRecord record);
  bool resumes() const { return known_.has_value(); }
  /// Events that this sink had when it was resumed.
  std::uint64_t already(std::size_t sink) const { return sink < already_.size() ? already_[sink] : 0; }

  /// What the next sink is to tell of its events; lives as long as this.
  SettledEvents& add_sink() { return log_.sinks.emplace_back(); }
  /// Finds what the sink added last has already, and leaves that out of what it is given. A new run: the
  /// sink. `dead_letter` outlives this.
  Result<std::unique_ptr<Sink>> resume(std::unique_ptr<Sink> sink, const FeedAt& feed_at,
                                       DeadLetter& dead_letter);

  /// Where the run's feed begins, and its first event that some sink is missing.
  FeedPlace place() const;
  std::uint64_t first_ordinal() const { return first_ordinal_.value_or(0); }
  ProgressLog& log() { return log_; }
  /// Events that receivers had refused before the kill, now in the dead-letter file.
  std::uint64_t refused() const { return refused_; }
  /// Of each partition that does not hold what the checkpoint knows: what was found there.
  const std::vector<std::string>& changes() const { return changes_; }

  /// Writes the first checkpoint; from here on one a second.
  Done start(std::vector<std::unique_ptr<Sink>>& sinks);
  /// Writes the last one. Errors also that an earlier one could not be written.
  Done finish(bool complete);

 private:
  Resumption(std::string path, std::optional<Checkpoint> known);
  FeedPlace place_before(std::uint64_t ordinal) const;

  const std::string path_;
  const std::optional<Checkpoint> known_;
  Checkpoint next_;
  ProgressLog log_;
  DeadLetter* dead_letter_ = nullptr;           // of the sinks; every run has one at least
  std::optional<std::uint64_t> first_ordinal_;  // none: no sink yet
  std::uint64_t refused_ = 0;
  std::vector<std::uint64_t> already_;  // by sink
  std::vector<std::string> changes_;
  std::unique_ptr<Checkpointer> checkpointer_;
};

}  // namespace racesim
