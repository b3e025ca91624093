// Where encoded events go.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/batch.h"

namespace racesim {

/// Live counters of one sink; any thread may read them at any time. At the end sent = acked + failed.
struct SinkCounters {
  std::atomic<std::uint64_t> sent{0};           ///< events handed to the outside world at least once
  std::atomic<std::uint64_t> acked{0};          ///< events that the receiver confirmed (or the kernel took)
  std::atomic<std::uint64_t> failed{0};         ///< events given up; http's are in the dead-letter file
  std::atomic<std::uint64_t> retried{0};        ///< extra attempts, in events
  std::atomic<std::uint64_t> dead_lettered{0};  ///< events that the dead-letter file took
  std::atomic<std::uint64_t> bytes{0};          ///< payload bytes acked
};

/// Why events failed, and how many of them.
struct FailureReason {
  std::string why;
  std::uint64_t events = 0;
};

/// How far a partition of a topic, or a file, is known to be written: all before both numbers is settled.
struct StreamPosition {
  std::string topic;  ///< empty: a file
  std::int32_t partition = 0;
  std::int64_t next_offset = 0;    ///< behind the last record of ours that is there; of a file in bytes
  std::uint64_t next_ordinal = 0;  ///< behind that record's position in the run (WireBatch::first_ordinal)
};

/// Told of what becomes of events, from whichever thread sees it.
class AckListener {
 public:
  virtual ~AckListener() = default;
  /// The events [first, last) of `batch` go out now, for the first time. Only sinks that say so in
  /// reports_sends() call it.
  virtual void on_sent(const WireBatch& batch, std::size_t first, std::size_t last) {
    static_cast<void>(batch);
    static_cast<void>(first);
    static_cast<void>(last);
  }
  /// The events [first, last) of `batch` were confirmed now.
  virtual void on_acked(const WireBatch& batch, std::size_t first, std::size_t last) = 0;
  /// The events [first, last) of `batch` were given up now, into the dead-letter file.
  virtual void on_failed(const WireBatch& batch, std::size_t first, std::size_t last) {
    static_cast<void>(batch);
    static_cast<void>(first);
    static_cast<void>(last);
  }
};

class Resumable;

/// submit() and close() are called by one thread; counters() and abandon() by any.
class Sink {
 public:
  virtual ~Sink() = default;

  /// Name for messages: "stdout", "file:out/plays.ndjson", "http://localhost:8000/play".
  virtual std::string name() const = 0;

  /// Takes the events [first, last). Returns once the sink holds them: it may block (back-pressure) and may
  /// keep `batch`. An error is final: the run stops. Events submitted after an error or after abandon() are
  /// counted in `sent` and `failed` at once.
  virtual Done submit(const SharedBatch& batch, std::size_t first, std::size_t last) = 0;

  /// Before close(): a later run will go on where this one ends, so what is not complete stays so. Any
  /// thread.
  virtual void leave_open() {}

  /// Flushes, waits until every event is acked or failed, and makes files final. Ok only if the sink did its
  /// part; events that could not be delivered are counted in `failed`, not an error.
  virtual Done close() = 0;

  /// The drain time is over or the user insists: fail what is still open so that submit() and close() return
  /// soon. Safe from any thread, also while submit() or close() blocks.
  virtual void abandon() = 0;

  /// Whether on_sent() tells when events go out. Else submit() sends them itself, before it returns.
  virtual bool reports_sends() const { return false; }

  /// Events that submit() took and that have not gone out yet: how far behind the sink is. Any thread.
  virtual std::uint64_t unsent() const { return 0; }

  /// True once the reader closed its end of the pipe. submit() then fails and says so; a run that ended for
  /// this reason alone ended well, as `| head` does. Any thread.
  virtual bool reader_gone() const { return false; }

  /// Of events that failed one by one while the sink went on; most frequent first. Any thread.
  virtual std::vector<FailureReason> failure_reasons() const { return {}; }

  /// Where a later run may go on, for sinks that are resumable(). Any thread.
  virtual std::vector<StreamPosition> positions() const { return {}; }

  /// Where the run's first records may lie, per partition, of sinks that write behind what others wrote. Any
  /// thread.
  virtual std::vector<StreamPosition> origins() const { return {}; }

  /// For sinks whose content can be read back; null for the others.
  virtual Resumable* resumable() { return nullptr; }

  /// Virtual for sinks that wrap another one.
  virtual const SinkCounters& counters() const { return counters_; }

 protected:
  SinkCounters counters_;
};

}  // namespace racesim
