#include "cli/thresholds.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

#include "base/suggest.h"

namespace racesim::cli {
namespace {

/// A row of the table: adding a metric is one line.
struct Metric {
  const char* name;
  double (*value)(const RunResult& result);
};

/// Nothing of nothing is no error.
double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

double rate_error(const RunResult& r) {
  const double target = r.status.target_rate;
  return target > 0 ? std::abs(r.status.sent_rate - target) / target : 0;
}

constexpr std::array kMetrics{
    Metric{"error_rate", [](const RunResult& r) { return share(r.status.failed, r.status.sent); }},
    Metric{"rate_error", &rate_error},
    Metric{"sent_rate", [](const RunResult& r) { return r.status.sent_rate; }},
    Metric{"lag_p50_ms", [](const RunResult& r) { return r.status.send_lag.p50_ms; }},
    Metric{"lag_p90_ms", [](const RunResult& r) { return r.status.send_lag.p90_ms; }},
    Metric{"lag_p99_ms", [](const RunResult& r) { return r.status.send_lag.p99_ms; }},
    Metric{"lag_max_ms", [](const RunResult& r) { return r.status.send_lag.max_ms; }},
    Metric{"ack_lag_p50_ms", [](const RunResult& r) { return r.status.ack_lag.p50_ms; }},
    Metric{"ack_lag_p90_ms", [](const RunResult& r) { return r.status.ack_lag.p90_ms; }},
    Metric{"ack_lag_p99_ms", [](const RunResult& r) { return r.status.ack_lag.p99_ms; }},
    Metric{"ack_lag_max_ms", [](const RunResult& r) { return r.status.ack_lag.max_ms; }},
    Metric{"generated", [](const RunResult& r) { return static_cast<double>(r.status.generated); }},
    Metric{"shed", [](const RunResult& r) { return static_cast<double>(r.status.shed); }},
    Metric{"sent", [](const RunResult& r) { return static_cast<double>(r.status.sent); }},
    Metric{"acked", [](const RunResult& r) { return static_cast<double>(r.status.acked); }},
    Metric{"failed", [](const RunResult& r) { return static_cast<double>(r.status.failed); }},
    Metric{"retried", [](const RunResult& r) { return static_cast<double>(r.status.retried); }},
    Metric{"dead_lettered", [](const RunResult& r) { return static_cast<double>(r.status.dead_lettered); }},
    Metric{"uptime_s", [](const RunResult& r) { return r.status.uptime_s; }},
};

constexpr const char* kExample = "example: error_rate<0.01";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

struct Operator {
  std::string_view text;
  Comparison comparison;
};
/// Longer ones first, so that "<=" is not read as "<".
constexpr std::array kOperators{Operator{"<=", Comparison::at_most}, Operator{">=", Comparison::at_least},
                                Operator{"==", Comparison::equal},   Operator{"!=", Comparison::different},
                                Operator{"<", Comparison::less},     Operator{">", Comparison::greater}};

}  // namespace

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (const Metric& metric : kMetrics) names.emplace_back(metric.name);
  return names;
}

Result<Threshold> parse_threshold(std::string_view text) {
  // The metric ends where the comparison begins; blanks around both are fine.
  const std::size_t at = text.find_first_of("<>=!");
  const auto not_one = [&] {
    return fail(ErrorKind::usage, fmt::format("'{}' is not a threshold", text),
                fmt::format("form: METRIC<NUMBER, with <, <=, >, >=, == or !=   {}", kExample));
  };
  if (at == std::string_view::npos) return not_one();
  Threshold threshold;
  threshold.text = std::string(text);
  threshold.metric = std::string(trimmed(text.substr(0, at)));
  std::string_view rest = text.substr(at);
  const Operator* found = nullptr;
  for (const Operator& op : kOperators)
    if (found == nullptr && rest.substr(0, op.text.size()) == op.text) found = &op;
  if (found == nullptr) return not_one();
  threshold.comparison = found->comparison;
  rest = trimmed(rest.substr(found->text.size()));
  const bool percent = !rest.empty() && rest.back() == '%';
  if (percent) rest.remove_suffix(1);
  const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), threshold.limit);
  if (failure != std::errc() || end != rest.data() + rest.size() || !std::isfinite(threshold.limit))
    return not_one();
  if (percent) threshold.limit /= 100;
  const std::vector<std::string> names = metric_names();
  for (const std::string& name : names)
    if (name == threshold.metric) return threshold;
  const std::string meant = closest(threshold.metric, names);
  return fail(ErrorKind::usage, "unknown metric '" + threshold.metric + "'",
              (meant.empty() ? "" : "did you mean: " + meant + "\n") +
                  fmt::format("known: {}", fmt::join(names, ", ")));
}

double metric_value(const std::string& metric, const RunResult& result) {
  for (const Metric& known : kMetrics)
    if (metric == known.name) return known.value(result);
  return 0;
}

bool holds(const Threshold& threshold, double value) {
  switch (threshold.comparison) {
    case Comparison::less:
      return value < threshold.limit;
    case Comparison::at_most:
      return value <= threshold.limit;
    case Comparison::greater:
      return value > threshold.limit;
    case Comparison::at_least:
      return value >= threshold.limit;
    case Comparison::equal:
      return value == threshold.limit;
    case Comparison::different:
      return value != threshold.limit;
  }
  return false;
}

}  // namespace racesim::cli
