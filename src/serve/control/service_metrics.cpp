#include "serve/control/service_metrics.h"

#include <string>

namespace racesim::serve {
namespace {

using Kind = http::Metric::Kind;

struct RunMetric {
  const char* name;
  const char* help;
  Kind kind;
  double (*value)(const NamedStatus& run);
};
constexpr RunMetric kRunMetrics[] = {
    {"racesim_serve_running", "1 while a run of the scenario sends events", Kind::gauge,
     [](const NamedStatus& run) { return run.status.state == RunState::running ? 1.0 : 0.0; }},
    {"racesim_serve_run_sent", "Events of the run now, or of the last one", Kind::gauge,
     [](const NamedStatus& run) { return static_cast<double>(run.status.counts.released); }},
    {"racesim_serve_run_failed", "Events of that run that some sink gave up", Kind::gauge,
     [](const NamedStatus& run) { return static_cast<double>(run.status.counts.failed); }},
    {"racesim_serve_run_lag_p99_seconds", "Send time minus due time of that run, 99th percentile",
     Kind::gauge, [](const NamedStatus& run) { return run.status.counts.send_lag.p99_ms / 1000; }},
};

}  // namespace

std::vector<http::Metric> service_metrics(std::span<const NamedStatus> runs, LiveFeed& feed) {
  std::vector<http::Metric> all;
  all.push_back({"racesim_serve_live_clients",
                 "Clients of /ws and /events/stream",
                 Kind::gauge,
                 static_cast<double>(feed.clients()),
                 {}});
  for (const NamedStatus& run : runs)
    all.push_back({"racesim_serve_events_total",
                   "Events shown live since the start",
                   Kind::counter,
                   static_cast<double>(feed.ring(*run.scenario).end_id() - 1),
                   {{"scenario", std::string(run.scenario->name)}}});
  for (const NamedStatus& run : runs)
    all.push_back({"racesim_serve_overwritten_total",
                   "Events that were overwritten before they were shown",
                   Kind::counter,
                   static_cast<double>(feed.ring(*run.scenario).lost()),
                   {{"scenario", std::string(run.scenario->name)}}});
  for (const RunMetric& metric : kRunMetrics)
    for (const NamedStatus& run : runs)
      all.push_back({metric.name,
                     metric.help,
                     metric.kind,
                     metric.value(run),
                     {{"scenario", std::string(run.scenario->name)}}});
  return all;
}

}  // namespace racesim::serve
