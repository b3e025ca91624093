// Where a run's events go: its sinks, with the lock, the dead-letter file and the times that belong to them.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "io/dead_letter.h"
#include "io/registry.h"
#include "io/sink.h"
#include "run/config.h"
#include "run/generate/status.h"
#include "run/outlets/delivery_times.h"
#include "run/outlets/event_forms.h"
#include "run/outlets/run_lock.h"
#include "run/resume/resumption.h"

namespace racesim {

/// One thread, the run's, opens; status and abandon() are any thread's. Config, clock and what open()
/// is given outlive this.
class Outlets {
 public:
  Outlets(const RunConfig& config, Clock& clock);

  /// What can be known without opening anything. Errors: usage, runtime.
  Done check(const EventForms& forms);
  /// Opens the sinks in the order of the options. With `resumption` each leaves out what it has already.
  Done open(const EventForms& forms, Resumption* resumption, const Resumption::FeedAt& feed_at);

  std::vector<std::unique_ptr<Sink>>& sinks() { return sinks_; }
  const std::vector<std::unique_ptr<Sink>>& sinks() const { return sinks_; }
  DeliveryTimes& times() { return times_; }
  const DeliveryTimes& times() const { return times_; }
  /// For those who have records that never became events.
  DeadLetter& dead_letter() { return dead_letter_; }
  /// Syncs the dead-letter file, behind the last event.
  Done close() { return dead_letter_.close(); }
  void abandon();
  /// The run is to end: receivers that were never reached are not waited for. Any thread.
  void stop_reaching();

  /// Sets the counts of each sink and of all, and how long events took.
  void read(RunStatus& status) const;
  /// By the clock, 0 before the sink's first.
  std::int64_t last_acked_ns(std::size_t sink) const { return sink_times_[sink].last_acked_ns(); }
  std::vector<FailureReason> failure_reasons() const;
  /// Of each sink once, that answers could not be read; and of each wait of more than some seconds, for what,
  /// until when and why. One thread at a time.
  std::vector<Error> take_warnings();
  /// What the sinks wait for, and how many events `left` for them and are not settled by the slowest one.
  Waiting waiting(std::uint64_t left) const;
  /// Events that every sink is done with, of those that left for it.
  std::uint64_t settled() const;
  /// Events that are neither delivered nor in the dead-letter file.
  std::optional<Error> lost() const;

 private:
  std::vector<SinkText> texts() const;
  SinkRequest request_for(const SinkText& text, const EventForms& forms, Resumption* resumption);
  Done check_dead_letter() const;
  void warn_of_answers(const Sink& sink, std::vector<Error>& warnings);
  void warn_of_wait(const Sink& sink, std::vector<Error>& warnings);
  std::string patience_text(const Sink& sink) const;
  Done take_lock(const EventForms& forms, const Resumption* resumption);

  const RunConfig& config_;
  Clock& clock_;
  DeliveryTimes times_;
  DeadLetter dead_letter_;
  std::optional<LockFile> lock_;
  std::deque<SinkTimes> sink_times_;  // parallel to sinks_
  std::vector<std::unique_ptr<Sink>> sinks_;
  std::vector<const Sink*> warned_of_;
  std::map<const Sink*, std::int64_t> told_of_wait_ns_;  // when
};

}  // namespace racesim
