// The rows of a run in a store, as lines: one sequence per table.
#pragma once

#include <memory>
#include <string>

#include "io/sources/sequences.h"
#include "io/stores/reading.h"
#include "run/content.h"
#include "run/record/manifest.h"

namespace racesim {

/// Rows have values and no spelling, so they are compared as JSON lines, whatever form the events were sent
/// in; but what was damaged on purpose was so in that form, and keeps it. Before open_truth().
void compare_as_rows(Manifest& manifest);

/// Reads the tables of the manifest's streams, only rows of its run: as their column or their event id says,
/// and of tables that know no run (Fast-F1, OpenF1) what lies in the run's time. Dead letters are read at
/// once. `truth` outlives the arrivals. Errors: those of the reader.
Result<std::unique_ptr<ArrivedSequences>> open_store_arrivals(std::unique_ptr<StoreReader> reader,
                                                              const Manifest& manifest, const Content& truth);

}  // namespace racesim
