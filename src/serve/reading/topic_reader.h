// Reads topics in place of a simulation: what comes is shown live, and stored if there is a store.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/error.h"
#include "io/sources/registry.h"
#include "run/ingest/ingest.h"
#include "serve/keeping/store_keeper.h"
#include "serve/live/live_feed.h"

namespace racesim::serve {

struct ReadingStatus {
  std::string name;  ///< "kafka f1-telemetry at localhost:9092"
  bool reads = false;
  std::optional<Error> error;  ///< what ended it
  IngestStatus ingest;
};

/// open(), close() by one thread, all else by any.
class TopicReader {
 public:
  /// `store`: where it goes too, over a connection of its own; none: nowhere, and the source keeps its
  /// positions.
  TopicReader(SourceRequest source, std::optional<StorePlan> store, LiveFeed& feed, Clock& clock,
              std::function<void(const Error&)> warn);
  /// Abandons what close() did not wait for.
  ~TopicReader();

  /// Connects and begins. Errors: those of source and store.
  Done open();
  ReadingStatus status() const;
  /// Nothing new is read; what was read is stored.
  void stop();
  void abandon();
  /// Waits until that is done.
  void close();

 private:
  Result<std::unique_ptr<Ingest>> make_ingest();

  SourceRequest source_;
  std::optional<StorePlan> store_;
  LiveFeed& feed_;
  Clock& clock_;
  const std::function<void(const Error&)> warn_;
  std::unique_ptr<Ingest> ingest_;  // from open() on
  mutable std::mutex mutex_;        // guards the next two
  bool ended_ = false;
  std::optional<Error> error_;
  std::thread thread_;
};

}  // namespace racesim::serve
