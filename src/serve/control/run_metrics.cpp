#include "serve/control/run_metrics.h"

namespace racesim::serve {
namespace {

using MetricKind = http::Metric::Kind;

struct RunMetric {
  const char* name;
  const char* help;
  MetricKind kind;
  double (*value)(const RunStatus& status);
};
constexpr RunMetric kRunMetrics[] = {
    {"racesim_run_running", "1 while the run makes and sends events", MetricKind::gauge,
     [](const RunStatus& s) { return s.state == RunState::running ? 1.0 : 0.0; }},
    {"racesim_run_events_total", "Events that have left for the sinks", MetricKind::counter,
     [](const RunStatus& s) { return static_cast<double>(s.released); }},
    {"racesim_run_shed_total", "Events left out by --on-overload drop", MetricKind::counter,
     [](const RunStatus& s) { return static_cast<double>(s.shed); }},
    {"racesim_run_backlog_events", "Events that have left and that some sink has not delivered",
     MetricKind::gauge, [](const RunStatus& s) { return static_cast<double>(s.wait.backlog_events); }},
    {"racesim_run_target_events_per_second", "Rate of the plan", MetricKind::gauge,
     [](const RunStatus& s) { return s.target_rate; }},
    {"racesim_run_got_events_per_second", "Rate of the slowest sink", MetricKind::gauge,
     [](const RunStatus& s) { return s.got_rate; }},
};

struct SinkMetric {
  const char* name;
  const char* help;
  std::uint64_t SinkStatus::*value;
};
constexpr SinkMetric kSinkMetrics[] = {
    {"racesim_sink_sent_total", "Events handed to the outside world", &SinkStatus::sent},
    {"racesim_sink_acked_total", "Events that the receiver confirmed", &SinkStatus::acked},
    {"racesim_sink_failed_total", "Events given up", &SinkStatus::failed},
    {"racesim_sink_retried_total", "Further attempts, in events", &SinkStatus::retried},
    {"racesim_sink_bytes_total", "Payload bytes confirmed", &SinkStatus::bytes},
};

void append_lag(std::span<const LabelledRun> runs, const char* name, const char* help,
                LagSummary RunStatus::*lag, std::vector<http::Metric>& to) {
  for (const LabelledRun& run : runs) {
    const LagSummary& of = run.status.*lag;
    std::vector<http::HistogramPart> parts;
    for (std::size_t i = 0; i < kLagBounds_ms.size(); ++i)
      parts.push_back({kLagBounds_ms[i] / 1000, of.within[i]});
    http::add_histogram({name, help, MetricKind::histogram, 0, {{"scenario", run.scenario}}}, parts, of.count,
                        of.sum_ms / 1000, to);
  }
}

}  // namespace

std::vector<http::Metric> run_metrics(std::span<const LabelledRun> runs) {
  std::vector<http::Metric> all;
  for (const RunMetric& metric : kRunMetrics)
    for (const LabelledRun& run : runs)
      all.push_back(
          {metric.name, metric.help, metric.kind, metric.value(run.status), {{"scenario", run.scenario}}});
  for (const SinkMetric& metric : kSinkMetrics)
    for (const LabelledRun& run : runs)
      for (const SinkStatus& sink : run.status.sinks)
        all.push_back({metric.name,
                       metric.help,
                       MetricKind::counter,
                       static_cast<double>(sink.*metric.value),
                       {{"scenario", run.scenario}, {"sink", sink.name}}});
  append_lag(runs, "racesim_run_send_lag_seconds", "When events were sent after they were due",
             &RunStatus::send_lag, all);
  append_lag(runs, "racesim_run_ack_lag_seconds", "When events were delivered after they were due",
             &RunStatus::ack_lag, all);
  return all;
}

}  // namespace racesim::serve
