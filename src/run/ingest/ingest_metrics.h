// What an ingest tells the machines that ask.
#pragma once

#include <vector>

#include "io/http/server/metrics.h"
#include "run/ingest/ingest.h"

namespace racesim {

std::vector<http::Metric> ingest_metrics(const IngestStatus& status);

}  // namespace racesim
