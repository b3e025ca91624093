// Where encoded events go. A new sink writes four functions: name, submit, close and abandon. Three more have
// a default, for sinks that send within submit() and cannot be resumed: stop_reaching, unsent and resumable.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "io/ack_listener.h"
#include "io/failure_counts.h"
#include "io/wait_note.h"
#include "model/batch.h"

namespace racesim {

class Resumable;

/// Live counters of one sink; any thread may read them at any time. At the end sent = acked + failed.
struct SinkCounters {
  std::atomic<std::uint64_t> sent{0};           ///< events handed to the outside world at least once
  std::atomic<std::uint64_t> acked{0};          ///< events that the receiver confirmed (or the kernel took)
  std::atomic<std::uint64_t> failed{0};         ///< events given up; http's are in the dead-letter file
  std::atomic<std::uint64_t> retried{0};        ///< extra attempts, in events
  std::atomic<std::uint64_t> dead_lettered{0};  ///< events that the dead-letter file took
  std::atomic<std::uint64_t> bytes{0};          ///< payload bytes acked
  FailureCounts failures;                       ///< of events that failed one by one while the sink went on
  /// Of a resumed run: events that the receiver already has, passed over so far.
  std::atomic<std::uint64_t> skipped{0};
  WaitNote wait;         ///< what holds the sink up
  FailureCounts unread;  ///< of acked events whose answer may have refused some but could not be read
};

/// submit() and close() are called by one thread, all else by any. A sink counts what becomes of each event
/// in counters_ and tells its AckListener, which it is given when it is opened.
class Sink {
 public:
  virtual ~Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  /// Name for messages: "stdout", "file:out/events.ndjson", "http://localhost:8000/play".
  virtual std::string name() const = 0;

  /// Takes the events [first, last). Returns once the sink holds them: it may block (back-pressure) and may
  /// keep `batch`. An error is final: the run stops; reader_gone says that it ended well, as with `| head`.
  /// Events submitted after an error or after abandon() are counted in `sent` and `failed` at once.
  virtual Done submit(const SharedBatch& batch, std::size_t first, std::size_t last) = 0;

  /// Flushes, waits until every event is acked or failed, and makes files final. Ok only if the sink did its
  /// part; events that could not be delivered are counted in `failed`, not an error.
  virtual Done close() = 0;

  /// What was submitted is on the disk when it returns, where the sink writes a file. By the thread that
  /// submits.
  virtual Done sync() { return {}; }

  /// The drain time is over or the user insists: fail what is still open so that submit() and close() return
  /// soon. Safe from any thread, also while submit() or close() blocks.
  virtual void abandon() = 0;

  /// The run is to end: a receiver that was never reached is not waited for. Safe from any thread.
  virtual void stop_reaching() {}

  /// Events that submit() took and that have not gone out yet: how far behind the sink is. Such a sink tells
  /// by on_sent() when events go out. None: submit() sends them itself, before it returns.
  virtual std::optional<std::uint64_t> unsent() const { return std::nullopt; }

  /// For sinks whose content can be read back, so that another process can go on; null for the others.
  virtual Resumable* resumable() { return nullptr; }

  const SinkCounters& counters() const { return *shown_; }

 protected:
  Sink() = default;
  /// For a sink that wraps another one: shows that one's counters, which live as long as this.
  explicit Sink(Sink& inner) : shown_(inner.shown_) {}
  SinkCounters& shown() { return *shown_; }

  SinkCounters counters_;

 private:
  SinkCounters* shown_ = &counters_;
};

}  // namespace racesim
