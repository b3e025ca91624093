#include "cli/commands/ingest/telling.h"

#include <string>

#include "run/ingest/ingest_metrics.h"

namespace racesim::cli {

void IngestTelling::watch(const Ingest& ingest) {
  const std::scoped_lock lock(mutex_);
  ingest_ = &ingest;
}

void IngestTelling::forget() {
  const std::scoped_lock lock(mutex_);
  ingest_ = nullptr;
}

std::vector<http::Metric> IngestTelling::metrics() const {
  const std::scoped_lock lock(mutex_);
  return ingest_ == nullptr ? std::vector<http::Metric>() : ingest_metrics(ingest_->status());
}

std::string IngestTelling::trouble() const {
  const std::scoped_lock lock(mutex_);
  if (ingest_ == nullptr) return {};
  const IngestStatus status = ingest_->status();
  if (!status.wait || status.waiting_for != ingest_->target().name()) return {};
  return status.waiting_for + ": " + status.wait->why;
}

http::StatusCallbacks callbacks_of(const std::shared_ptr<IngestTelling>& telling) {
  http::StatusCallbacks callbacks;
  callbacks.metrics = [telling] { return telling->metrics(); };
  callbacks.trouble = [telling] { return telling->trouble(); };
  return callbacks;
}

}  // namespace racesim::cli
