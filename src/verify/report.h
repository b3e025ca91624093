// Findings in words, as JSON and as JUnit XML. The forms are described in docs/verify.md.
#pragma once

#include <bitset>
#include <string>

#include "verify/verifier.h"

namespace racesim {

/// Kinds that do not count as a difference.
using AllowedFindings = std::bitset<kFindingCount>;

/// "late,duplicate": by their names; "duplicate" is also taken for "duplicated", and so on. Errors: usage.
Result<AllowedFindings> parse_allowed(std::string_view text);

struct VerifyReport {
  VerifyResult result;
  AllowedFindings allowed;
  std::string against;  ///< "file:events.ndjson"
  Comparison comparison = Comparison::full;
  bool invariants = false;  ///< without a manifest
  double seconds = 0;

  /// No difference, beside those that are allowed.
  bool good() const;
};

std::string verdict_line(const VerifyReport& report);
/// The verdict, and what lies behind it.
std::string report_text(const VerifyReport& report);
std::string report_json(const VerifyReport& report);
/// One test case for each kind.
std::string report_junit(const VerifyReport& report);

}  // namespace racesim
