// The InfluxDB store: points over HTTP (`/api/v2/write`), at least once onto the same point.
// docs/formats/influx.md.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "io/stores/store.h"

namespace racesim {

/// Checks address, token, certificates and the dead-letter file, and connects. The store needs
/// StoreOptions::to_lines and, where it is not the system's, its clock.
///
/// There are no transactions: commit() returns once every row was taken or is among refused(); after an error
/// some of the rows may be there, and writing them again changes nothing. positions() is empty.
/// Errors: usage, runtime.
Result<std::unique_ptr<Store>> open_influx(const StoreOptions& options);

/// What open_influx() would refuse, without connecting; what would be written where.
Result<std::string> plan_influx(const StoreOptions& options);

}  // namespace racesim
