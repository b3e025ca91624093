// Whether the disks have room for what a run writes.
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "run/config.h"

namespace racesim {

/// The least room among the disks that plain files of `sinks` go to; UINT64_MAX: there are none.
std::uint64_t least_disk_room(const std::vector<SinkSpec>& sinks);

/// A warning for each disk that has less than the files on it take, `file_bytes` each. What compressed files
/// take is not known before.
std::vector<Error> disk_warnings(const std::vector<SinkSpec>& sinks, double file_bytes);

}  // namespace racesim
