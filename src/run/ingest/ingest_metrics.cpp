#include "run/ingest/ingest_metrics.h"

namespace racesim {
namespace {

struct CountedMetric {
  const char* name;
  const char* help;
  std::uint64_t IngestCounts::*count;
};
constexpr CountedMetric kCounted[] = {
    {"racesim_ingest_consumed_total", "Records that were read and are settled", &IngestCounts::consumed},
    {"racesim_ingest_duplicates_total", "Rows that were there already", &IngestCounts::duplicates},
    {"racesim_ingest_dead_lettered_total", "Records that are no rows, or conflicts",
     &IngestCounts::dead_lettered},
    {"racesim_ingest_conflicts_total", "Rows whose key is there with other content",
     &IngestCounts::conflicts},
    {"racesim_ingest_rejected_total", "Records of requests that were refused", &IngestCounts::rejected},
    {"racesim_ingest_expired_total", "Rows older than what is kept", &IngestCounts::expired},
    {"racesim_ingest_gaps_total", "Records that were gone before they could be read", &IngestCounts::gaps},
    {"racesim_ingest_commits_total", "Transactions", &IngestCounts::commits},
};

}  // namespace

std::vector<http::Metric> ingest_metrics(const IngestStatus& status) {
  using Kind = http::Metric::Kind;
  std::vector<http::Metric> all;
  for (const auto& [table, rows] : status.counts.stored_by_table)
    all.push_back({"racesim_ingest_stored_total",
                   "Rows that are new",
                   Kind::counter,
                   static_cast<double>(rows),
                   {{"table", table}}});
  for (const CountedMetric& metric : kCounted)
    all.push_back(
        {metric.name, metric.help, Kind::counter, static_cast<double>(status.counts.*metric.count), {}});
  if (status.lag)
    all.push_back({"racesim_ingest_lag_records",
                   "Records that are there and not read yet",
                   Kind::gauge,
                   static_cast<double>(*status.lag),
                   {}});
  return all;
}

}  // namespace racesim
