#include "cli/commands/run/thresholds.h"

#include <array>
#include <cmath>

namespace racesim::cli {
namespace {

using Value = std::optional<double>;

/// A row of the table: adding a metric is one line.
struct Metric {
  const char* name;
  Value (*value)(const RunResult& result);
  bool needs_plan;  ///< there is a value only if events have due times
};

/// Nothing of nothing is no error.
double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

Value rate_error(const RunResult& r) {
  const double target = r.status.target_rate;
  return target > 0 ? Value(std::abs(r.status.got_rate - target) / target) : std::nullopt;
}

Value got_rate(const RunResult& r) {
  return r.status.got_rate > 0 ? Value(r.status.got_rate) : std::nullopt;
}

template <LagSummary RunStatus::*lag, double LagSummary::*figure>
Value lag_of(const RunResult& r) {
  return (r.status.*lag).count > 0 ? Value(r.status.*lag.*figure) : std::nullopt;
}

template <std::uint64_t RunStatus::*count>
Value count_of(const RunResult& r) {
  return static_cast<double>(r.status.*count);
}

constexpr auto kSendLag = &RunStatus::send_lag;
constexpr auto kAckLag = &RunStatus::ack_lag;

constexpr std::array kMetrics{
    Metric{"error_rate", [](const RunResult& r) { return Value(share(r.status.failed, r.status.sent)); },
           false},
    Metric{"rate_error", &rate_error, true},
    Metric{"got_rate", &got_rate, false},
    Metric{"lag_p50_ms", &lag_of<kSendLag, &LagSummary::p50_ms>, true},
    Metric{"lag_p90_ms", &lag_of<kSendLag, &LagSummary::p90_ms>, true},
    Metric{"lag_p99_ms", &lag_of<kSendLag, &LagSummary::p99_ms>, true},
    Metric{"lag_max_ms", &lag_of<kSendLag, &LagSummary::max_ms>, true},
    Metric{"ack_lag_p50_ms", &lag_of<kAckLag, &LagSummary::p50_ms>, true},
    Metric{"ack_lag_p90_ms", &lag_of<kAckLag, &LagSummary::p90_ms>, true},
    Metric{"ack_lag_p99_ms", &lag_of<kAckLag, &LagSummary::p99_ms>, true},
    Metric{"ack_lag_max_ms", &lag_of<kAckLag, &LagSummary::max_ms>, true},
    Metric{"generated", &count_of<&RunStatus::generated>, false},
    Metric{"shed", &count_of<&RunStatus::shed>, false},
    Metric{"sent", &count_of<&RunStatus::sent>, false},
    Metric{"acked", &count_of<&RunStatus::acked>, false},
    Metric{"failed", &count_of<&RunStatus::failed>, false},
    Metric{"retried", &count_of<&RunStatus::retried>, false},
    Metric{"dead_lettered", &count_of<&RunStatus::dead_lettered>, false},
    Metric{"unread", &count_of<&RunStatus::unread>, false},
    Metric{"uptime_s", [](const RunResult& r) { return Value(r.status.uptime_s); }, false},
};

const Metric* find_metric(const std::string& name) {
  for (const Metric& known : kMetrics)
    if (name == known.name) return &known;
  return nullptr;
}

}  // namespace

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (const Metric& metric : kMetrics) names.emplace_back(metric.name);
  return names;
}

Result<Threshold> parse_threshold(std::string_view text) {
  return parse_threshold(text, metric_names());
}

bool needs_plan(const std::string& metric) {
  const Metric* known = find_metric(metric);
  return known != nullptr && known->needs_plan;
}

std::optional<double> metric_value(const std::string& metric, const RunResult& result) {
  const Metric* known = find_metric(metric);
  return known == nullptr ? std::nullopt : known->value(result);
}

}  // namespace racesim::cli
