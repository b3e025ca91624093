// Laws that every stream of racesim keeps, checked on data alone: without a manifest, nothing is made again.
// Numbers and times are judged here; the laws of their rows scenarios declare themselves (sim/laws.h).
// docs/verify.md lists them.
#pragma once

#include <string>

#include "io/sources/sequences.h"
#include "verify/findings.h"
#include "verify/progress.h"

namespace racesim {

/// Reads all sequences, JSON lines or CSV with a header, of any known streams. `master_data_dir`: where the
/// master data lie that events refer to; empty: not known. Errors: runtime, master_data.
Result<Findings> check_invariants(ArrivedSequences& arrivals, const std::string& master_data_dir,
                                  const VerifyProgress& progress = {});

}  // namespace racesim
