// What an ingest tells the machines that ask: metrics, and whether it can take events now.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "io/http/server/metrics.h"
#include "run/ingest/ingest.h"

namespace racesim::cli {

/// Knows the ingest from watch() to forget(); tells nothing before and after. Any thread.
class IngestTelling {
 public:
  void watch(const Ingest& ingest);
  void forget();
  std::vector<http::Metric> metrics() const;
  /// What the store is waited for; empty: events can be taken.
  std::string trouble() const;

 private:
  mutable std::mutex mutex_;
  const Ingest* ingest_ = nullptr;
};

/// For servers; they keep `telling` alive.
http::StatusCallbacks callbacks_of(const std::shared_ptr<IngestTelling>& telling);

}  // namespace racesim::cli
