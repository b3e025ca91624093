// What a pipeline sends, in order: events that are made (feed.h), or recorded ones
// (run/replay/replay_feed.h).
#pragma once

#include <cstdint>
#include <optional>

#include "base/error.h"
#include "model/batch.h"
#include "run/generate/made_places.h"

namespace racesim {

/// A place in the sequence: what is sent when the slice's turn comes begins with the event `ordinal`.
struct FeedPlace {
  std::uint64_t slice = 0;
  std::uint64_t ordinal = 0;
  std::uint64_t made = 0;  ///< events of the slices before, as the scenario makes them
  bool operator==(const FeedPlace&) const = default;
};

/// One reader calls all but cancel().
class EventFeed {
 public:
  virtual ~EventFeed() = default;

  /// Errors: the system has no more threads.
  virtual Done start() = 0;
  /// The next events, in the order of their emit times and numbered on from the last ones; blocks. Null at
  /// the end, or after cancel(), or when there is an error(). A batch may be empty.
  virtual SharedBatch next() = 0;
  /// Where the events of the last batch stood before faults moved them. Numbers of one feed.
  virtual MadePlaces made() const = 0;
  /// Whether next() has returned the last batch.
  virtual bool at_end() const = 0;
  /// Event time up to which next() has given all: a live run waits for it behind each batch.
  virtual std::int64_t read_until_ns() const = 0;
  /// Of the next batch, for those who go on from there later. None: at the end, or nobody can.
  virtual std::optional<FeedPlace> next_place() const { return std::nullopt; }
  /// Makes next() return null. Any thread.
  virtual void cancel() = 0;
  /// Behind the last next(), or cancel(): returns once no thread of the feed does anything any more.
  virtual void wait() {}
  virtual std::optional<Error> error() const = 0;
};

}  // namespace racesim
