// Keeps a run from being sent to the same place by two processes of this machine at once.
#pragma once

#include <string>

#include "base/error.h"
#include "io/files/lock_file.h"
#include "run/config.h"

namespace racesim {

/// A file in the user's run-time folder ($XDG_RUNTIME_DIR, else below /tmp), held until the process ends,
/// however it ends: also while it is stopped. Errors: busy, naming the process; runtime.
Result<LockFile> lock_run(const std::string& run, const ShardOption& shard, const std::string& target);

/// What tells the writers of a run apart that may write at the same time: its parts, and topics. The next
/// writer with the same name shuts the one before out.
std::string writer_name(const std::string& run, const ShardOption& shard, const std::string& topic);

}  // namespace racesim
