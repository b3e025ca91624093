// The run in the order of its data: feed → pacer → sinks. One thread, the conductor, calls run().
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/histogram.h"
#include "io/sink.h"
#include "run/generate/event_feed.h"
#include "run/outlets/delivery_times.h"
#include "run/pacing/pacer.h"
#include "run/record/release_log.h"
#include "run/resume/progress_log.h"

namespace racesim {

/// Events that faults changed on purpose, of those that passed the pacer.
struct FaultCounters {
  std::atomic<std::uint64_t> late{0};
  std::atomic<std::uint64_t> duplicate{0};  ///< copies, beside the events themselves
  std::atomic<std::uint64_t> reorder{0};
  std::atomic<std::uint64_t> drop{0};
  std::atomic<std::uint64_t> corrupt{0};
};

/// When the events that left last were due: enough to tell how old the oldest one is that is not settled.
/// The conductor notes, any thread asks.
class DueMarks {
 public:
  /// `left` events have left, and the first of those that left last was due at `due_ns`; those before
  /// `settled` do not matter any more.
  void note(std::uint64_t left, std::int64_t due_ns, std::uint64_t settled);
  /// When the oldest event behind `settled` was due, to some 50 ms; none: there is none.
  std::optional<std::int64_t> oldest_ns(std::uint64_t settled) const;

 private:
  struct Mark {
    std::uint64_t end = 0;
    std::int64_t due_ns = 0;  ///< of its first event
  };
  mutable std::mutex mutex_;
  std::deque<Mark> marks_;
};

/// Counts and lags of a run; written by the conductor, read by any thread.
struct PipelineCounters {
  std::atomic<std::uint64_t> released{0};  ///< to the sinks or shed: all that passed the pacer
  std::atomic<std::uint64_t> shed{0};      ///< read it before `released`: it is then not more
  std::atomic<std::uint64_t> history{0};   ///< of those released: sent at once, before a live run was level
  std::atomic<std::uint64_t> overdue{0};   ///< of those released: due before a resumed live run went on
  FaultCounters faults;
  std::atomic<std::int64_t> event_time_ns{0};   ///< of the last one released
  std::atomic<std::int64_t> first_event_ns{0};  ///< event time at which sending began
  // By the clock, both 0 before the first event. With a plan: when the first and the last event so far were
  // due. Without: when sending began.
  std::atomic<std::int64_t> first_due_ns{0};
  std::atomic<std::uint64_t> at_first_due{0};  ///< of those released: due at that moment, as a tick's samples
  std::atomic<std::int64_t> last_due_ns{0};
  std::atomic<std::uint64_t> most_due{UINT64_MAX};  ///< live with a rate: events that it lets go by then
  Histogram send_lag;                               ///< of sinks that send within submit()
  DueMarks due;                                     ///< only with a plan
  std::atomic<std::uint64_t> left{0};               ///< given to the sinks
  // Live, before the first event: event time that is waited for, and when it has come; 0: it is not.
  std::atomic<std::int64_t> awaited_event_ns{0};
  std::atomic<std::int64_t> awaited_at_ns{0};
};

class Pipeline {
 public:
  struct End {
    bool reached_end = false;    ///< everything planned was released
    bool reader_gone = false;    ///< a pipe's reader closed it, as `| head` does: no error
    std::optional<Error> error;  ///< what else ended the run early, or went wrong at its end
  };

  /// All parts outlive the pipeline. `event_start_ns` and `start_ns` are the same moment, as event time and
  /// by the clock; without `start_ns` it is that of run() (live), or when the first events are ready. Without
  /// `event_start_ns` it is the time of the first event.
  Pipeline(EventFeed& feed, Pacer& pacer, DeliveryTimes& times, std::vector<std::unique_ptr<Sink>>& sinks,
           const PaceOptions& pace, Clock& clock, std::optional<std::int64_t> event_start_ns,
           std::optional<std::int64_t> start_ns);

  /// Before run(): sends from this ordinal on; the feed begins there or before.
  void begin_at(std::uint64_t ordinal) { first_ordinal_ = ordinal; }
  /// Before run(): tells how far it comes; outlives the pipeline.
  void keep_log(ProgressLog& log) { log_ = &log; }
  /// Before run(): also notes there what is released. The log outlives the pipeline.
  void log_to(ReleaseLog& log) { release_log_ = &log; }
  /// Sends until the plan's end (live: until its time has come), stop() or an error; closes all sinks. Once.
  End run();
  /// Any thread: generate no more; what was released is delivered.
  void stop();

  const PipelineCounters& counters() const { return counters_; }

 private:
  /// Events that left together.
  struct Leave {
    std::uint64_t end = 0;  ///< events that had left with it, since the start
    std::int64_t due_ns = 0;
  };

  void send_all();
  void begin(std::int64_t now_ns, std::int64_t event_start_ns);
  bool send(const SharedBatch& batch);
  bool submit(const SharedBatch& batch, std::size_t first, std::size_t last);
  void count_faults(const WireBatch& batch, std::size_t first, std::size_t last);
  std::uint64_t settled() const;
  void await_first(std::int64_t event_ns);
  void note_due(const WireBatch& batch, std::size_t first, std::size_t last);
  std::size_t skip_overdue(const WireBatch& batch, std::size_t first, std::size_t last);
  void note_left(const WireBatch& batch, std::size_t first, std::size_t last);
  bool overload_matters() const;
  std::int64_t behind_ns();
  void note_failure(const Error& error);
  void close_sinks();

  EventFeed& feed_;
  Pacer& pacer_;
  DeliveryTimes& times_;
  std::vector<std::unique_ptr<Sink>>& sinks_;
  const PaceOptions& pace_;
  Clock& clock_;
  const std::optional<std::int64_t> event_start_ns_;
  std::optional<std::int64_t> asked_start_ns_;
  std::uint64_t first_ordinal_ = 0;
  ProgressLog* log_ = nullptr;
  ReleaseLog* release_log_ = nullptr;
  bool begun_ = false;
  std::int64_t went_on_ns_ = INT64_MIN;  ///< when a live run was resumed, by the clock
  bool in_first_moment_ = true;          ///< all that was released is due at one moment
  bool sinks_send_later_ = false;        ///< and tell when
  std::atomic<bool> stop_{false};
  PipelineCounters counters_;
  std::deque<Leave> unsent_leaves_;  ///< oldest first: those of which some sink still holds events
  End end_;
};

}  // namespace racesim
