// What a process tells of itself over HTTP: GET /metrics for Prometheus, /healthz (it lives), /readyz (it
// takes work).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "io/http/server/server.h"

namespace racesim::http {

struct Metric {
  enum class Kind : std::uint8_t { counter, gauge, histogram };
  std::string name;  ///< "racesim_ingest_stored_total"; those of one name stand behind one another
  std::string help;
  Kind kind = Kind::counter;
  double value = 0;
  std::vector<std::pair<std::string, std::string>> labels{};  ///< {"table", "telemetry"}
  /// Of a histogram: "_bucket" with the label le, "_sum", "_count"; all of one set of labels behind one
  /// another, as add_histogram() makes them.
  std::string part{};
};

/// Appends the series of one histogram: values up to each bound, ascending, and all of them.
struct HistogramPart {
  double bound;
  std::uint64_t count;  ///< of values at most `bound`
};
void add_histogram(const Metric& of, const std::vector<HistogramPart>& parts, std::uint64_t count, double sum,
                   std::vector<Metric>& to);

/// Prometheus' text format 0.0.4. Names, help and labels are escaped where it demands it.
std::string metrics_text(const std::vector<Metric>& metrics);

/// Called by the server's thread; must not block.
struct StatusCallbacks {
  std::function<std::vector<Metric>()> metrics;
  /// Why no work can be taken now, for people: "the store is locked"; empty: it can.
  std::function<std::string()> trouble;
};

std::vector<Route> status_routes(const StatusCallbacks& callbacks);

/// A server that only tells (--metrics-listen). Ends with the object. Errors: those of Server::listen().
Result<std::unique_ptr<Server>> serve_status(std::string_view address, const StatusCallbacks& callbacks,
                                             const std::string& token);

}  // namespace racesim::http
