#include "serve/control/service_metrics.h"

#include <string>

#include "run/ingest/ingest_metrics.h"
#include "serve/control/run_metrics.h"

namespace racesim::serve {
namespace {

using Kind = http::Metric::Kind;

}  // namespace

std::vector<http::Metric> service_metrics(std::span<const NamedStatus> runs, LiveFeed& feed,
                                          const StoreKeeper* store) {
  std::vector<http::Metric> all;
  all.push_back({"racesim_serve_live_clients",
                 "Clients of /ws and /events/stream",
                 Kind::gauge,
                 static_cast<double>(feed.clients()),
                 {}});
  for (const NamedStatus& run : runs)
    all.push_back({"racesim_serve_shown_total",
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
  std::vector<LabelledRun> labelled;
  for (const NamedStatus& run : runs)
    if (run.status.any) labelled.push_back({std::string(run.scenario->name), run.status.counts});
  for (http::Metric& metric : run_metrics(labelled)) all.push_back(std::move(metric));
  if (store != nullptr)
    for (http::Metric& metric : ingest_metrics(store->status().ingest)) all.push_back(std::move(metric));
  return all;
}

}  // namespace racesim::serve
