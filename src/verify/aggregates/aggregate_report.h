// Findings on results of aggregations in words and as JSON. docs/verify.md describes both.
#pragma once

#include <string>

#include "verify/aggregates/aggregate_check.h"

namespace racesim {

struct AggregateReportInput {
  const AggregateFindings& findings;
  std::string run, against;
  LatenessRules rules;
  double seconds = 0;
};

/// The verdict, and what lies behind it.
std::string aggregate_report_text(const AggregateReportInput& report);
std::string aggregate_report_json(const AggregateReportInput& report);

}  // namespace racesim
